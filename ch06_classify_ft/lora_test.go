package classify

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas/blas32"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// awake gives every B some values, as if training had begun.
func awake(l *LoRA, seed uint64) *LoRA {
	rng := seeded(seed)
	for _, a := range l.adapters {
		for i := range a.change.B.Data {
			a.change.B.Data[i] = float32(0.2 * rng.NormFloat64())
		}
	}
	return l
}

func TestLoRAGradients(t *testing.T) {
	b := one(t, examples(), 4)
	checkGradients(t, awake(NewLoRA(random(tiny, 1), 3, 6, b.B, b.T, seeded(2)), 3), b, 2e-3)
}

// As long as B is zero nothing has changed, and only B has a gradient.
func TestLoRAStartsAsNothing(t *testing.T) {
	c, b := random(tiny, 1), one(t, examples(), 4)
	before, loss := snapshot(c.Params()), NewLearner(c, HeadOnly, b.B, b.T).Loss(b)
	l := NewLoRA(c, 4, 4, b.B, b.T, seeded(2))
	require.Equal(t, loss, l.Loss(b))
	require.Equal(t, before, snapshot(c.Params()))
	l.Learn(b, 1, nil)
	for i, a := range l.adapters {
		require.Zero(t, f32.SquaredNorm(l.adapters[i].grad.A.Data), a.name)
		require.NotZero(t, f32.SquaredNorm(l.adapters[i].grad.B.Data), a.name)
	}
}

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

func TestLoRATrainsTheChangesAlone(t *testing.T) {
	c := random(tiny, 1)
	before := snapshot(c.Params())
	l := NewLoRA(c, 2, 2, 8, tiny.Context, seeded(2))
	start := snapshot(l.Params())
	train(t, l, practice(20), 1e-3, 3)
	l.Merge()
	for _, p := range l.Params() {
		require.NotEqual(t, start[p.Name], p.Data, p.Name)
	}
	for _, p := range c.Params() {
		if changes(p.Name) {
			require.NotEqual(t, before[p.Name], p.Data, p.Name)
		} else {
			require.Equal(t, before[p.Name], p.Data, p.Name)
		}
	}
	merged := snapshot(c.Params())
	l.Merge()
	require.Equal(t, merged, snapshot(c.Params()), "merging again changes nothing")
}

func TestLoRAParams(t *testing.T) {
	for _, r := range []int{1, 4, 16} {
		total := 0
		for _, p := range NewLoRA(random(tiny, 1), r, 1, 1, 4, seeded(1)).Params() {
			total += len(p.Data)
		}
		require.Equal(t, total, LoRAParams(tiny, r, len(Classes)))
	}
	// What the page says of the model that llm pretrain makes.
	newton := gpt.Config{
		Vocab: 1024, Context: 128, Width: 128, Heads: 4, Layers: 4, QKVBias: true, TiedHead: true,
	}
	require.Equal(t, 941_058, TrainedParams(newton, All))
	require.Equal(t, 198_786, TrainedParams(newton, LastBlock(newton.Layers)))
	require.Equal(t, 149_536, LoRAParams(newton, 16, len(Classes)))

	// The published counts: GPT-2 124M as a classifier, 355M as a language model.
	require.Equal(t, 2_666_528, LoRAParams(gpt.GPT2Small, 16, 2))
	require.Equal(t, 7_898_384, LoRAParams(gpt.GPT2Medium, 16, gpt.GPT2Medium.Vocab))
}

func TestLoRAMisuse(t *testing.T) {
	require.PanicsWithValue(t, "classify: the rank must be at least 1", func() { NewLowRank(2, 2, 0, 1, seeded(1)) })
}
