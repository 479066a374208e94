package lora

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/llama"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/durable"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/golden"
	"github.com/llm-from-scratch/llm/internal/safetensors"
)

// peft is a Python that has PyTorch, transformers and PEFT.
func peft(t *testing.T) string {
	python := os.Getenv("LLMBOOK_PYTHON")
	if python == "" {
		require.NotEqual(t, "true", os.Getenv("CI"), "CI needs PEFT")
		t.Skip("needs PEFT: pip install torch transformers peft, and set LLMBOOK_PYTHON to that python")
	}
	return python
}

// allLogits are those of every position.
func allLogits(m *llama.Model, b embeddings.Batch) []float32 {
	logits := f32.New(b.B*b.T, m.Config.Vocab)
	m.Logits(logits, m.NewPass(gpt.Frozen, b.B, b.T).Forward(b.Inputs, b.T, nil))
	return logits.Data
}

// rows cuts ids into sequences, for JSON.
func rows(ids []int, T int) [][]int { return slices.Collect(slices.Chunk(ids, T)) }

// PEFT reads what is written here, to the same logits, and trains it on by the same
// steps; and what PEFT saves is read here, to its logits.
func TestPEFT(t *testing.T) {
	python := peft(t)
	base, b, dir := randomLlama(today), someText(2, 8), t.TempDir()
	question, err := json.Marshal(map[string]any{"ids": rows(b.Inputs, b.T), "targets": rows(b.Targets, b.T)})
	require.NoError(t, err)
	require.NoError(t, durable.WriteFiles(dir, durable.Files{
		"config.json": base.WriteConfig,
		"model.safetensors": func(w io.Writer) error {
			return safetensors.Write(w, safetensors.F32, base.Params(), map[string]string{"format": "pt"})
		},
		"question.json": func(w io.Writer) error {
			_, err := w.Write(question)
			return err
		},
	}))
	m := changed(base, Settings{Rank: 4, Alpha: 6, Targets: []string{"q_proj", "o_proj", "down_proj"}})
	ours, theirs := filepath.Join(dir, "ours"), filepath.Join(dir, "theirs")
	require.NoError(t, durable.MkdirAll(ours))
	require.NoError(t, SavePEFT(ours, m, dir))

	cmd := exec.CommandContext(t.Context(), python, filepath.Join("testdata", "read_peft.py"), dir, ours, theirs, filepath.Join(dir, "question.json"))
	cmd.Env = append(os.Environ(), "HF_HUB_OFFLINE=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err)
	var answer struct {
		Read, Written []float32
		Losses        []float64
	}
	require.NoError(t, json.Unmarshal(out, &answer))

	golden.Close(t, "logits of our adapters", allLogits(m, b), answer.Read, 1e-5)
	l := pretrain.NewLanguageModel(m, nil, b.B, b.T)
	o := pretrain.NewOptimizer(pretrain.AdamW{Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-8, Decay: 0.1}, l.Params(), l.Grads())
	for i, loss := range answer.Losses {
		require.InDelta(t, loss, l.Learn(b, 1, nil), 1e-4, "step %d", i)
		o.Step(1e-2, 1)
	}
	require.Len(t, answer.Losses, 5)
	other := base.Share()
	require.NoError(t, LoadPEFT(other, theirs))
	golden.Close(t, "logits of PEFT's adapters", allLogits(other, b), answer.Written, 1e-5)
}
