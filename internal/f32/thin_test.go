package f32_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// Adding four rows at once has the bits of adding them one by one.
func TestThinProductsAddRowByRow(t *testing.T) {
	rng := rand.New(rand.NewPCG(51, 52))
	for _, s := range [][3]int{{1, 8, 4}, {1, 77, 4}, {3, 130, 9}, {6, 31, 3}, {2, 300, 18}} {
		m, n, k := s[0], s[1], s[2]
		for _, tA := range transposes {
			a, b, c := operands(rng, tA, blas.NoTrans, m, n, k, 1)
			want := clone(c)
			for i := range m {
				f32.Scale(0.5, f32.Row(want, i))
				for l := range k {
					f32.Axpy(-0.7*float32(at(tA, a, i, l)), f32.Row(b, l), f32.Row(want, i))
				}
			}
			f32.Gemm(tA, blas.NoTrans, -0.7, a, b, 0.5, c)
			for i := range m {
				require.Equal(t, f32.Row(want, i), f32.Row(c, i), "%v, row %d", s, i)
			}
		}
	}
}

// reading adds up everything, each core its part.
type reading struct {
	data []float32
	sums []float32
}

func (r *reading) Do(lo, hi int) {
	part := len(r.data) / len(r.sums)
	for i := lo; i < hi; i++ {
		r.sums[i] = f32.Sum(r.data[i*part:][:part])
	}
}

// The products of one step of decoding GPT-2, with matrices that no cache holds,
// beside plain reading: what the memory allows.
func BenchmarkThin(b *testing.B) {
	weights := make([]float32, 100<<20)
	for i := range weights {
		weights[i] = float32(i%7) - 3
	}
	bytes := make([]int8, len(weights))
	for i := range bytes {
		bytes[i] = int8(i % 101)
	}
	rate := func(b *testing.B, bytes int) {
		b.ReportMetric(float64(bytes)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GB/s")
	}
	b.Run("read", func(b *testing.B) {
		r := &reading{weights, make([]float32, runtime.GOMAXPROCS(0))}
		for b.Loop() {
			f32.Run(len(r.sums), 1, r.Do)
		}
		rate(b, 4*len(weights))
	})
	x, y := make([]float32, 3072), make([]float32, 50257)
	for _, s := range []struct {
		tB   blas.Transpose
		k, n int
	}{
		{blas.NoTrans, 768, 2304}, {blas.NoTrans, 768, 768}, {blas.NoTrans, 768, 3072}, {blas.NoTrans, 3072, 768}, {blas.Trans, 768, 50257},
	} {
		a, c, size := f32.View(x, 1, s.k), f32.View(y, 1, s.n), s.k*s.n
		b.Run(fmt.Sprintf("%dx%d", s.k, s.n), func(b *testing.B) {
			for at := 0; b.Loop(); at = (at + size) % (len(weights) - size) {
				w := blas32.General{Rows: s.k, Cols: s.n, Stride: s.n, Data: weights[at:]}
				if s.tB != blas.NoTrans {
					w.Rows, w.Cols, w.Stride = s.n, s.k, s.k
				}
				f32.Gemm(blas.NoTrans, s.tB, 1, a, w, 0, c)
			}
			rate(b, 4*size)
		})
		b.Run(fmt.Sprintf("%dx%d-int8", s.k, s.n), func(b *testing.B) {
			scale := make([]float32, s.n)
			for at := 0; b.Loop(); at = (at + size) % (len(bytes) - size) {
				f32.GemmInt8(a, &f32.Int8{Rows: s.n, Cols: s.k, Data: bytes[at:], Scale: scale}, c, f32.Epilogue{})
			}
			rate(b, size)
		})
	}
}
