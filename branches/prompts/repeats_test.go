package prompts_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/prompts"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/golden"
)

func TestDraw(t *testing.T) {
	r, rng := prompts.Repeats{Vocab: 9, Shortest: 2, Longest: 5, T: 12}, rand.New(rand.NewPCG(1, 1))
	periods := map[int]bool{}
	for range 200 {
		ids := make([]int, r.T+1)
		period := r.Draw(ids, rng)
		periods[period] = true
		first := slices.Sorted(slices.Values(ids[:period]))
		require.Len(t, slices.Compact(first), period)
		require.True(t, first[0] >= 0 && first[period-1] < r.Vocab)
		for i := period; i < len(ids); i++ {
			require.Equal(t, ids[i-period], ids[i])
		}
	}
	require.Equal(t, map[int]bool{2: true, 3: true, 4: true, 5: true}, periods)
	n := 0
	for b := range r.Epoch(3, 2)(rng) {
		n++
		require.Len(t, b.Inputs, 2*r.T)
		require.Equal(t, b.Inputs[1:r.T], b.Targets[:r.T-1])
		require.Equal(t, b.Inputs[r.T+1:], b.Targets[r.T:2*r.T-1])
	}
	require.Equal(t, 3, n)
	for range r.Epoch(3, 2)(rng) {
		break
	}
}

// A head that copies scores 1, one that looks at the id before 0, and one that looks
// everywhere alike what there is to look at.
func TestCopying(t *testing.T) {
	const T, period = 9, 3
	copies, before, everywhere, older := f32.New(T, T), f32.New(T, T), f32.New(T, T), f32.New(T, T)
	for q := range T {
		f32.Row(copies, q)[max(0, q-period+1)] = 1
		f32.Row(older, q)[max(0, q-2*period+1)] = 1
		f32.Row(before, q)[max(0, q-1)] = 1
		for k := range q + 1 {
			f32.Row(everywhere, q)[k] = 1 / float32(q+1)
		}
	}
	require.InDelta(t, 1, prompts.Copying(copies, period), 1e-9)
	require.InDelta(t, 0, prompts.Copying(before, period), 1e-9)
	require.InDelta(t, (1./4+1./5+2./6+2./7+2./8+3./9)/6, prompts.Copying(everywhere, period), 1e-6)
	require.InDelta(t, 4./6, prompts.Copying(older, period), 1e-9) // from position 5 on
	require.InDelta(t, 1, prompts.Previous(before), 1e-9)
	require.InDelta(t, 1./8, prompts.Previous(copies), 1e-9) // position 1 has nowhere else to look
}

// The weights are those of the model: of the second layer, what one gets from the
// hidden vectors of a model that ends below it.
func TestWeights(t *testing.T) {
	c := prompts.Copier(2)
	m := gpt.New(c)
	m.Init(rand.New(rand.NewPCG(1, 1)))
	ids := make([]int, 20)
	prompts.Copies.Draw(ids, rand.New(rand.NewPCG(1, 2)))
	got := prompts.Weights(m, ids)
	require.Len(t, got, 4)
	below := *m
	below.Config.Layers, below.Blocks, below.Norm = 1, m.Blocks[:1], m.Blocks[1].Norm1
	hidden := below.NewPass(gpt.Frozen, 1, len(ids)).Forward(ids, len(ids), nil)
	qkv := f32.New(len(ids), 3*c.Width)
	m.Blocks[1].Attention.QKV.Forward(qkv, hidden)
	v, D := attention.Split(qkv), c.Width/c.Heads
	for h := range c.Heads {
		want := f32.New(len(ids), len(ids))
		attention.Weigh(want, f32.Cols(v.Q, h*D, (h+1)*D), f32.Cols(v.K, h*D, (h+1)*D), true)
		golden.Close(t, "weights", got[2+h].Data, want.Data, 1e-5)
	}
}

// Before it has learned anything a model is right by chance only; while it learns, it is
// looked at when that is due.
func TestLearn(t *testing.T) {
	m := gpt.New(prompts.Copier(1))
	m.Init(rand.New(rand.NewPCG(1, 0)))
	var at []int
	for step, p := range prompts.Copies.Learn(context.Background(), m, 5, 2, 1) {
		at = append(at, step)
		require.Greater(t, p.Loss, 3.5)
		require.Less(t, p.Right[0], 0.1)
		require.Len(t, p.Copying, 2)
		require.Len(t, p.Previous, 2)
	}
	require.Equal(t, []int{0, 2, 4, 5}, at)
	for range prompts.Copies.Learn(context.Background(), m, 5, 2, 1) {
		break
	}
}
