package f32_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// Every part of an epilogue must be what it is when done afterwards, to the bit,
// whichever way the product goes and however it is cut.
func TestEpilogueIsDoneOnce(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	for _, s := range [][3]int{{1, 300, 40}, {5, 17, 9}, {8, 33, 600}, {100, 1100, 30}, {80, 40, 257}, {20, 30, 0}} {
		m, n, k := s[0], s[1], s[2]
		a, b, c := operands(rng, blas.NoTrans, blas.Trans, m, n, k, 1)
		bent, bias := random(rng, m, n, 1), random(rng, 1, n, 0).Data
		for _, kernel := range f32.Kernels() {
			for _, then := range []f32.Epilogue{{Bias: bias}, {GELUSlope: bent}, {Bias: bias, GELUSlope: bent}, {Bias: bias, GELU: f32.New(m, n)},
				{GELUSlope: bent, Erf: true}, {GELU: f32.New(m, n), Erf: true}} {
				gelu, backward := f32.GELU, f32.GELUBackward
				if then.Erf {
					gelu, backward = f32.ErfGELU, f32.ErfGELUBackward
				}
				want, got := clone(c), clone(c)
				restore := f32.UseKernel(kernel)
				f32.Gemm(blas.NoTrans, blas.Trans, 0.5, a, b, 1, want)
				f32.GemmThen(blas.NoTrans, blas.Trans, 0.5, a, b, 1, got, then)
				restore()
				for i := range m {
					if then.Bias != nil {
						f32.Add(f32.Row(want, i), bias)
					}
					if then.GELUSlope.Data != nil {
						backward(f32.Row(want, i), f32.Row(want, i), f32.Row(bent, i))
					}
					if then.GELU.Data != nil {
						y := make([]float32, n)
						gelu(y, f32.Row(want, i))
						require.Equal(t, bits(y), bits(f32.Row(then.GELU, i)), fmt.Sprint(kernel, s))
					}
				}
				require.Equal(t, bits(want.Data), bits(got.Data), fmt.Sprint(kernel, s))
			}
		}
	}
}

func TestEpilogueMisuse(t *testing.T) {
	a, b, c := f32.New(3, 4), f32.New(4, 5), f32.New(3, 5)
	for _, then := range []f32.Epilogue{{Bias: make([]float32, 4)}, {GELU: f32.New(2, 5)}, {GELU: f32.New(5, 3)}, {GELUSlope: f32.New(3, 6)}} {
		require.Panics(t, func() { f32.GemmThen(blas.NoTrans, blas.NoTrans, 1, a, b, 0, c, then) })
	}
	f32.GemmThen(blas.NoTrans, blas.NoTrans, 1, a, b, 0, c, f32.Epilogue{Bias: []float32{1, 2, 3, 4, float32(math.Inf(1))}})
	require.EqualValues(t, []float32{1, 2, 3, 4}, c.Data[:4])
}
