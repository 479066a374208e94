package matmul_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/matmul"
)

// random returns a rows × cols matrix with NaNs between its rows.
func random(rng *rand.Rand, rows, cols, gap int) blas32.General {
	stride := cols + gap
	data := make([]float32, rows*stride)
	for i := range data {
		data[i] = float32(math.NaN())
		if i%stride < cols {
			data[i] = float32(rng.NormFloat64())
		}
	}
	return blas32.General{Rows: rows, Cols: cols, Stride: stride, Data: data}
}

// Every step against the same sums in float64, around the edges of its tiles and
// blocks.
func TestSteps(t *testing.T) {
	for _, s := range matmul.Steps {
		t.Run(s.Name, func(t *testing.T) {
			for _, size := range [][3]int{
				{0, 3, 3}, {3, 0, 3}, {3, 3, 0}, {1, 1, 1}, {3, 1, 5}, {4, 2, 3}, {5, 3, 7},
				{9, 1023, 63}, {6, 1024, 64}, {7, 1025, 65}, {13, 1100, 300},
			} {
				checkStep(t, s.Step, size[0], size[1], size[2])
			}
		})
	}
}

func checkStep(t *testing.T, step matmul.Step, m, n, k int) {
	t.Helper()
	rng := rand.New(rand.NewPCG(uint64(m*1000+n), uint64(k)))
	a, b, c := random(rng, m, k, 1), random(rng, k, n, 2), random(rng, m, n, 3)
	before := append([]float32(nil), c.Data...)
	step(c, a, b)
	for i := range m {
		for j := range c.Stride {
			want, size := float64(before[i*c.Stride+j]), 1.0
			for l := range k {
				if j < n {
					product := float64(a.Data[i*a.Stride+l]) * float64(b.Data[l*b.Stride+j])
					want += product
					size += math.Abs(product)
				}
			}
			got := float64(c.Data[i*c.Stride+j])
			if j >= n {
				require.True(t, math.IsNaN(got), "wrote between rows")
				continue
			}
			require.InDelta(t, want, got, 1e-7*size*math.Sqrt(float64(k)+4), "%d×%d×%d at %d,%d", m, n, k, i, j)
		}
	}
}

// Both add up an element in the same order.
func TestReorderedHasTheBitsOfNaive(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	a, b := random(rng, 20, 300, 0), random(rng, 300, 30, 0)
	one, other := f32.New(20, 30), f32.New(20, 30)
	matmul.Naive(one, a, b)
	matmul.Reordered(other, a, b)
	require.Equal(t, one.Data, other.Data)
}

// What a step is in the place of f32.Gemm is the same product.
func TestStepAsGemm(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, tA := range []blas.Transpose{blas.NoTrans, blas.Trans} {
		for _, tB := range []blas.Transpose{blas.NoTrans, blas.Trans} {
			for _, s := range [][2]float32{{1, 0}, {1, 1}, {-0.5, 2}} {
				a, b, c := random(rng, 7, 5, 1), random(rng, 5, 9, 2), random(rng, 7, 9, 3)
				if tA != blas.NoTrans {
					a = random(rng, 5, 7, 1)
				}
				if tB != blas.NoTrans {
					b = random(rng, 9, 5, 2)
				}
				want := c
				want.Data = slices.Clone(c.Data)
				f32.Gemm(tA, tB, s[0], a, b, s[1], want)
				matmul.Step(matmul.Naive).Gemm(tA, tB, s[0], a, b, s[1], c)
				for i := range c.Rows {
					require.InDeltaSlice(t, f32.Row(want, i), f32.Row(c, i), 1e-5)
				}
			}
		}
	}
}

// BenchmarkStep measures the steps on a product that fits the first-level cache
// and on the widest layer of GPT-2, for 256 positions.
func BenchmarkStep(b *testing.B) {
	for _, size := range [][3]int{{48, 48, 48}, {256, 3072, 768}} {
		rng := rand.New(rand.NewPCG(1, 2))
		x, y, z := random(rng, size[0], size[2], 0), random(rng, size[2], size[1], 0), random(rng, size[0], size[1], 0)
		run := func(name string, cores int, step matmul.Step) {
			b.Run(fmt.Sprintf("%s/%dx%dx%d", name, size[0], size[1], size[2]), func(b *testing.B) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
				for b.Loop() {
					step(z, x, y)
				}
				flops := 2 * float64(size[0]) * float64(size[1]) * float64(size[2])
				b.ReportMetric(flops*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
			})
		}
		for _, s := range matmul.Steps {
			run(s.Name, 1, s.Step)
		}
		run("with-vectors", 1, func(c, a, b blas32.General) { matmul.Blocks(c, a, b, vectorRows) })
		run("vectorised", 1, gemm)
		run("threaded", runtime.NumCPU(), gemm)
	}
}

// vectorRows is Reordered with f32.Axpy for its inner loop: the same additions,
// eight at a time.
func vectorRows(c, a, b blas32.General) {
	for i := range c.Rows {
		row := f32.Row(c, i)
		for l, factor := range f32.Row(a, i) {
			f32.Axpy(factor, f32.Row(b, l), row)
		}
	}
}

// gemm is the last two steps: f32.Gemm on one core, and on all.
func gemm(c, a, b blas32.General) { f32.Gemm(blas.NoTrans, blas.NoTrans, 1, a, b, 1, c) }
