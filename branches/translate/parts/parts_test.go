package parts_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/translate/parts"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/gradcheck"
)

// Label smoothing shares ε out among all V, the right one too.
func TestSmoothed(t *testing.T) {
	logits, targets := f32.New(3, 7), []int{4, 0, 6}
	gradcheck.Fill(logits.Data, rand.New(rand.NewPCG(1, 1)), 2)
	var want float64
	for _, i := range []int{0, 2} {
		p := slices.Clone(f32.Row(logits, i))
		attention.Softmax(p)
		for j, p := range p {
			q := .1 / 7
			if j == targets[i] {
				q += .9
			}
			want -= q * math.Log(float64(p)) / 2
		}
	}
	require.InDelta(t, want, parts.Smoothed(logits, targets, 0, .1, false, 1), 1e-6)
	require.InDelta(t, pretrain.CrossEntropy(logits, []int{4, pretrain.Ignore, 6}), parts.Smoothed(logits, targets, 0, 0, false, 1), 1e-6)
	grad := f32.View(slices.Clone(logits.Data), 3, 7)
	parts.Smoothed(grad, targets, 0, .1, true, 1)
	require.Equal(t, make([]float32, 7), f32.Row(grad, 1))
	require.InDelta(t, 0, f32.Sum(f32.Row(grad, 0)), 1e-6) // as much is taken as is given
	gradcheck.Check(t, "logits", logits.Data, grad.Data, func() float64 { return parts.Smoothed(logits, targets, 0, .1, false, 1) }, 1e-3)
	require.PanicsWithValue(t, "parts: there is not one target for each row of logits", func() { parts.Smoothed(logits, targets[:2], 0, 0, false, 1) })
}

func TestReLU(t *testing.T) {
	x := []float32{-1, 0, float32(math.Copysign(0, -1)), 1e-40, -1e-40, 2, float32(math.Inf(-1)), float32(math.Inf(1))}
	dy := []float32{1, 2, 3, 4, 5, 6, 7, 8}
	parts.ReLU(x)
	require.Equal(t, []float32{0, 0, 0, 1e-40, 0, 2, 0, float32(math.Inf(1))}, x)
	parts.ReLUBackward(dy, x)
	require.Equal(t, []float32{0, 0, 0, 4, 0, 6, 0, 8}, dy)
}
