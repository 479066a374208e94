package pretrain_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/gradcheck"
)

// The optimiser does to each weight what the plain rule does, to the bit.
func TestOptimizerFollowsTheRule(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 1))
	for _, settings := range []pretrain.AdamW{
		pretrain.DefaultAdamW,
		{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, Decay: 0.1, DecayAll: true},
		{Beta1: 0, Beta2: 0.5, Epsilon: 1e-3},
	} {
		params := []gpt.Param{
			{Name: "matrix", Shape: []int{131, 300}, Data: make([]float32, 131*300)},
			{Name: "bias", Shape: []int{13}, Data: make([]float32, 13)},
		}
		var grads, plain []gpt.Param
		var m, v [2][]float32
		for i, p := range params {
			gradcheck.Fill(p.Data, rng, 1)
			n := len(p.Data)
			grads = append(grads, gpt.Param{Name: p.Name, Shape: p.Shape, Data: make([]float32, n)})
			plain = append(plain, gpt.Param{Name: p.Name, Shape: p.Shape, Data: slices.Clone(p.Data)})
			m[i], v[i] = make([]float32, n), make([]float32, n)
		}
		o := pretrain.NewOptimizer(settings, params, grads)
		for step := 1; step <= 4; step++ {
			for i, g := range grads {
				gradcheck.Fill(g.Data, rng, 0.1)
				rule := settings
				if i == 1 && !settings.DecayAll {
					rule.Decay = 0
				}
				rule.Update(plain[i].Data, slices.Clone(g.Data), m[i], v[i], 0.01, 0.7, step)
			}
			o.Step(0.01, 0.7)
			for i := range params {
				require.Equal(t, plain[i].Data, params[i].Data, "step %d", step)
				require.Zero(t, slices.Max(grads[i].Data))
			}
		}
	}
}

// With one gradient all the time, both averages divided by what they lack are
// that gradient and its square, and each step has the length of the rate. Divided
// by 1-0.999ᵗ in place of 1-float32(0.999)ᵗ, the first would be too long by seven
// millionths.
func TestAveragesLackNothing(t *testing.T) {
	p, g, m, v := []float32{0}, []float32{0}, []float32{0}, []float32{0}
	a := pretrain.AdamW{Beta1: 0.9, Beta2: 0.999}
	for step := 1; step <= 200; step++ {
		p[0], g[0] = 0, 3
		a.Update(p, g, m, v, 1, 1, step)
		require.InDelta(t, -1, p[0], 2e-6, "step %d", step)
	}
	p[0], g[0], m[0], v[0] = 0, 3, 0, 0
	a.Update(p, g, m, v, 1, 1, 1)
	require.InDelta(t, -1, p[0], 3e-7)
}

// Tables to check by hand: a quarter of the peak in each of four steps, then half
// a wave from 0.4 to 0.1. The first step moves whatever the length of warm-up.
func TestScheduleTable(t *testing.T) {
	s := pretrain.Schedule{Peak: 0.4, Min: 0.1, Warmup: 4, Total: 8}
	want := []float64{0.1, 0.2, 0.3, 0.4, 0.4, 0.25 + 0.15*0.70710678, 0.25, 0.25 - 0.15*0.70710678, 0.1, 0.1}
	for step, rate := range want {
		require.InDelta(t, rate, s.Rate(step), 1e-8, "step %d", step)
	}
	for warmup := range 10 {
		s.Warmup = warmup
		require.Greater(t, s.Rate(0), 0.)
		require.LessOrEqual(t, s.Rate(0), s.Peak)
	}
	require.Equal(t, 0.3, pretrain.Constant(0.3, 5).Rate(0))
	require.Equal(t, 0.3, pretrain.Constant(0.3, 5).Rate(4))
}
