package main

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/corpus"
	"github.com/llm-from-scratch/llm/internal/training"
)

// The run that the book shows, docs/runs/newton.csv, begins as it does here. Its
// losses are the same to the printed digits; other processors round the products
// otherwise in the last bits, which later steps amplify.
func TestRecordedRunBeginsTheSame(t *testing.T) {
	if _, err := corpus.Read(""); err != nil {
		t.Skip(err)
	}
	const steps = 5
	dir := filepath.Join(t.TempDir(), "newton")
	r := llmIn(t, stopping{t.Context(), new(steps)}, "", "pretrain", "-out", dir)
	require.Equal(t, statusInterrupted, r.status, r.stderr)
	again := training.ReadLog(read(t, dir, "log.csv"), steps)
	recorded := training.ReadLog(read(t, here(t), "../../docs/runs/newton.csv"), math.MaxInt)
	require.Len(t, again, steps+1)
	require.Equal(t, defaultPretrain.Schedule.Total, recorded[len(recorded)-1].Step)
	for i, want := range recorded[:steps+1] {
		got := again[i]
		assert.Equal(t, want.Step, got.Step)
		assert.Equal(t, want.Rate > 0, got.Rate > 0)
		if i == 0 {
			assert.InDelta(t, want.Validation, got.Validation, 5e-6)
			continue
		}
		assert.InDelta(t, want.Train, got.Train, 5e-6, "step %d", i)
		assert.InDelta(t, want.Rate, got.Rate, 1e-12, "step %d", i)
	}
	record := read(t, here(t), "../../docs/runs/newton.txt")
	losses := lossesOf(record)
	require.NotEmpty(t, losses)
	assert.True(t, strings.HasPrefix(r.out[strings.Index(r.out, "step "):], losses[0][:len(losses[0])-3]), "the first line of losses")

	r = llmIn(t, t.Context(), "", "tokens", "encode", "-model", dir, "The Rays of Light")
	assert.True(t, strings.HasSuffix(record, r.out), "the tokens of the text:\n%s", r.out)
}
