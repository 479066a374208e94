package f32_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// sameBits requires that got and want are equal to the bit, any NaN to any other.
func sameBits(t *testing.T, want, got []float32, name string) {
	t.Helper()
	require.Len(t, got, len(want))
	for i, w := range want {
		if w != w && got[i] != got[i] {
			continue
		}
		require.Equal(t, math.Float32bits(w), math.Float32bits(got[i]), "%s[%d] of %d: %v, want %v", name, i, len(want), got[i], w)
	}
}

// sprinkle puts NaN, infinities, zeros and tiny and huge numbers into x.
func sprinkle(rng *rand.Rand, x []float32) {
	special := []float32{nan, inf, -inf, 0, float32(math.Copysign(0, -1)), 1e-45, -1e-40, 3e38, -3e38, 9.1, -9.1}
	for i := range x {
		if rng.IntN(4) == 0 {
			x[i] = special[rng.IntN(len(special))]
		}
	}
}

var adamW = f32.AdamW{Scale: 0.7, Keep: 0.999, Beta1: 0.9, Beta2: 0.95, Rate: 1e-2, RootV: 4.5, Epsilon: 1e-8}

// The fast loop gives the bits that its elements have one by one.
func TestAdamWIsPlain(t *testing.T) {
	eachLength(func(rng *rand.Rand, n int) {
		for round := range 2 {
			fast := [4][]float32{vector(rng, n), vector(rng, n), vector(rng, n), vector(rng, n)}
			var plain [4][]float32
			for k, x := range fast {
				if round == 1 {
					sprinkle(rng, x)
				}
				plain[k] = slices.Clone(x)
			}
			adamW.Step(fast[0], fast[1], fast[2], fast[3])
			for i := range n {
				adamW.Step(plain[0][i:i+1], plain[1][i:i+1], plain[2][i:i+1], plain[3][i:i+1])
			}
			for k, name := range []string{"p", "g", "m", "v"} {
				sameBits(t, plain[k], fast[k], name)
			}
		}
	})
}

func TestAdamWFollowsItsFormula(t *testing.T) {
	eachLength(func(rng *rand.Rand, n int) {
		p, g, m, v := vector(rng, n), vector(rng, n), vector(rng, n), vector(rng, n)
		want := make([]float64, n)
		for i := range n {
			v[i] *= v[i]
			grad := 0.7 * float64(g[i])
			mean, square := 0.9*float64(m[i])+0.1*grad, 0.95*float64(v[i])+0.05*grad*grad
			want[i] = float64(p[i])*0.999 - 1e-2*mean/(math.Sqrt(square)*4.5+1e-8)
		}
		adamW.Step(p, g, m, v)
		for i := range n {
			require.InDelta(t, want[i], p[i], 1e-6)
			require.Zero(t, g[i])
		}
	})
	require.Panics(t, func() { adamW.Step(make([]float32, 3), make([]float32, 3), make([]float32, 3), make([]float32, 2)) })
}

// Four streams are read and written, 32 bytes for each weight.
func BenchmarkAdamW(b *testing.B) {
	const n = 1 << 23
	s := &adamStep{p: make([]float32, n), g: make([]float32, n), m: make([]float32, n), v: make([]float32, n)}
	b.SetBytes(32 * n)
	for b.Loop() {
		f32.Run(n, 1<<14, s)
	}
}

type adamStep struct{ p, g, m, v []float32 }

func (s *adamStep) Do(lo, hi int) { adamW.Step(s.p[lo:hi], s.g[lo:hi], s.m[lo:hi], s.v[lo:hi]) }
