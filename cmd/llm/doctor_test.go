package main

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The doctor reads a run of any kind, and says where there is none.
func TestDoctor(t *testing.T) {
	model := pretrained(t)
	dir := filepath.Join(t.TempDir(), "run")
	ok(t, tiny("-data", book(t), "-out", dir, "-steps", "60", "-rate", "0.01", "-batch", "4")...)
	assert.Regexp(t, `^looks healthy:\nthe training loss went from 5\.7 to \d\.\d in 60 steps\n(.*\n)*all 16 tensors have changed in training\n$`, ok(t, "doctor", dir))

	filter := filepath.Join(t.TempDir(), "filter")
	ok(t, "classify", "train", "-model", model, "-messages", "200", "-epochs", "3", "-batch", "8", "-layers", "head", "-out", filter)
	assert.Contains(t, ok(t, "doctor", filter), "16 of 16 tensors are what they were before training (docs/not_learning.md#fine-tuning-changes-nothing)")
	assert.Contains(t, ok(t, "doctor", model), "too few to tell: take 40 (docs/not_learning.md#let-the-program-look)")

	// No model with such a value is saved; another program may have.
	weights := []byte(read(t, dir, "model.safetensors"))
	binary.LittleEndian.PutUint32(weights[len(weights)-4:], math.Float32bits(float32(math.NaN())))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "model.safetensors"), weights, 0o666))
	assert.Contains(t, ok(t, "doctor", dir), `tensor "ln_f.bias": the value at position 15 is NaN; the file is damaged or training diverged (docs/not_learning.md#not-a-number)`)

	t.Chdir(t.TempDir())
	assertFails(t, "nowhere holds no training run (there is no "+filepath.Join("nowhere", "log.csv")+")", "doctor", "nowhere")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "log.csv"), []byte("epoch,loss\n1,2\n"), 0o666))
	assertFails(t, "log.csv is the log of another program, or damaged: its first line is not step,train_loss", "doctor", dir)
	require.NoError(t, os.WriteFile(filepath.Join(filter, "run.json"), []byte("{"), 0o666))
	assertFails(t, filepath.Join(filter, "run.json")+": ", "doctor", filter)
	require.NoError(t, os.Remove(filepath.Join(model, "run.json")))
	assertFails(t, "run.json", "doctor", model)
	assert.Equal(t, statusUsage, llm(t, "doctor").status)
	assert.True(t, strings.HasPrefix(ok(t, "doctor", "-h"), "Doctor reads the log"))
}
