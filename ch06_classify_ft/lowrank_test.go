package classify

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas/blas32"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// The merged weights compute x·W + Scale·(x·A)·B, which is how the paper writes
// an adapted layer.
func TestMergeIsTheAdaptedLayer(t *testing.T) {
	rng := seeded(4)
	random := func(rows, cols int) blas32.General {
		m := f32.New(rows, cols)
		for i := range m.Data {
			m.Data[i] = float32(rng.NormFloat64())
		}
		return m
	}
	w, l := random(5, 6), NewLowRank(5, 6, 2, 3, rng)
	l.B = random(2, 6)
	wide := random(5, 18) // a view of some columns, as in c_attn
	rest := slices.Clone(wide.Data)
	merged := f32.Cols(wide, 6, 12)
	l.Merge(merged, w)
	for i := range 5 {
		for j := range 6 {
			want := f32.Row(w, i)[j] + 1.5*(f32.Row(l.A, i)[0]*f32.Row(l.B, 0)[j]+f32.Row(l.A, i)[1]*f32.Row(l.B, 1)[j])
			require.InDelta(t, want, f32.Row(merged, i)[j], 1e-5)
			require.Equal(t, rest[i*18+j], wide.Data[i*18+j])
			require.Equal(t, rest[i*18+j+12], wide.Data[i*18+j+12])
		}
	}
}

// What the page says of the model that llm pretrain makes.
func TestTrainedParamsOfThePage(t *testing.T) {
	newton := gpt.Config{
		Vocab: 1024, Context: 128, Width: 128, Heads: 4, Layers: 4, QKVBias: true, TiedHead: true,
	}
	require.Equal(t, 941_058, TrainedParams(newton, All))
	require.Equal(t, 198_786, TrainedParams(newton, LastBlock(newton.Layers)))
}

func TestLowRankMisuse(t *testing.T) {
	require.PanicsWithValue(t, "classify: the rank must be at least 1", func() { NewLowRank(2, 2, 0, 1, seeded(1)) })
}
