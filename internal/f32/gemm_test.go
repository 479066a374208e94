package f32_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/allocs"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// random returns a rows × cols matrix whose stride is gap wider than its rows
// and whose first element lies one past the start of an allocation, so that
// nothing is aligned. The elements between the rows are NaN.
func random(rng *rand.Rand, rows, cols, gap int) blas32.General {
	stride := max(cols+gap, 1)
	data := make([]float32, 1+rows*stride)[1:]
	for i := range data {
		data[i] = float32(math.NaN())
		if i%stride < cols {
			data[i] = float32(rng.NormFloat64())
		}
	}
	if rows > 0 && cols > 0 {
		data = data[: (rows-1)*stride+cols : (rows-1)*stride+cols]
	}
	return blas32.General{Rows: rows, Cols: cols, Stride: stride, Data: data}
}

func clone(m blas32.General) blas32.General {
	m.Data = append([]float32(nil), m.Data...)
	return m
}

func at(t blas.Transpose, m blas32.General, i, j int) float64 {
	if t != blas.NoTrans {
		i, j = j, i
	}
	return float64(m.Data[i*m.Stride+j])
}

// dense returns op(m) as rows × cols float64s without gaps.
func dense(t blas.Transpose, m blas32.General, rows, cols int) []float64 {
	d := make([]float64, 0, rows*cols)
	for i := range rows {
		for j := range cols {
			d = append(d, at(t, m, i, j))
		}
	}
	return d
}

// plain is Gemm's twin: three loops in float64. It also returns the sum of the
// magnitudes for every element, the measure of the rounding to expect.
func plain(tA, tB blas.Transpose, alpha float32, a, b blas32.General, beta float32, c blas32.General, k int) (want, size []float64) {
	m, n := c.Rows, c.Cols
	x, y := dense(tA, a, m, k), dense(tB, b, k, n)
	want, size = make([]float64, m*n), make([]float64, m*n)
	if beta != 0 {
		for i, v := range dense(blas.NoTrans, c, m, n) {
			want[i] = float64(beta) * v
			size[i] = math.Abs(want[i])
		}
	}
	for i := range m {
		for l := range k {
			for j := range n {
				p := float64(alpha) * x[i*k+l] * y[l*n+j]
				want[i*n+j] += p
				size[i*n+j] += math.Abs(p)
			}
		}
	}
	return want, size
}

var transposes = []blas.Transpose{blas.NoTrans, blas.Trans}

// operands returns random a, b, c for a product of these dimensions.
func operands(rng *rand.Rand, tA, tB blas.Transpose, m, n, k, gap int) (a, b, c blas32.General) {
	a, b = random(rng, m, k, gap), random(rng, k, n, 2*gap)
	if tA != blas.NoTrans {
		a = random(rng, k, m, gap)
	}
	if tB != blas.NoTrans {
		b = random(rng, n, k, 2*gap)
	}
	return a, b, random(rng, m, n, 3*gap)
}

func checkProduct(t *testing.T, tA, tB blas.Transpose, m, n, k, gap int, alpha, beta float32) {
	t.Helper()
	rng := rand.New(rand.NewPCG(uint64(m*1000+n), uint64(k)))
	a, b, c := operands(rng, tA, tB, m, n, k, gap)
	if beta == 0 {
		for i := range c.Data {
			c.Data[i] = float32(math.NaN())
		}
	}
	want, size := plain(tA, tB, alpha, a, b, beta, c, k)
	for _, kernel := range f32.Kernels() {
		got := clone(c)
		restore := f32.UseKernel(kernel)
		f32.Gemm(tA, tB, alpha, a, b, beta, got)
		restore()
		name := fmt.Sprintf("%s %c%c %d×%d×%d gap %d alpha %v beta %v", kernel, tA, tB, m, n, k, gap, alpha, beta)
		compareProduct(t, name, got, c, want, size, k)
	}
}

// compareProduct compares c with what it should be, and with what was between
// its rows before.
func compareProduct(t *testing.T, name string, c, before blas32.General, want, size []float64, k int) {
	t.Helper()
	m, n := c.Rows, c.Cols
	for i := range m {
		for j := range c.Stride {
			if i*c.Stride+j >= len(c.Data) {
				break
			}
			got := float64(c.Data[i*c.Stride+j])
			if j >= n {
				require.Equal(t, math.Float32bits(before.Data[i*c.Stride+j]), math.Float32bits(float32(got)), "%s wrote between rows", name)
				continue
			}
			tolerance := 1e-7 * size[i*n+j] * math.Sqrt(float64(k)+4)
			if !(math.Abs(got-want[i*n+j]) <= tolerance) {
				t.Fatalf("%s: c[%d,%d] = %v, want %v ± %v", name, i, j, got, want[i*n+j], tolerance)
			}
		}
	}
}

// Around every edge: of a register, a tile (2 × 4, 6 × 16, 12 × 32, of which 4, 8
// or 12 rows are computed), a group of rows that is transposed at once (8), the
// thin products (6), the packed blocks (72 rows, 256 steps, 512 columns).
func TestGemmShapes(t *testing.T) {
	for _, tA := range transposes {
		for _, tB := range transposes {
			for _, m := range []int{0, 1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 13} {
				for _, n := range []int{0, 1, 2, 8, 15, 16, 17, 31, 32, 33} {
					for _, k := range []int{0, 1, 2, 7, 8, 9, 25} {
						checkProduct(t, tA, tB, m, n, k, k%3, 1, 0)
					}
				}
			}
			for _, s := range [][3]int{
				{1, 500, 300}, {6, 129, 65}, {193, 3, 700}, {130, 200, 65}, {64, 193, 257}, {65, 192, 256}, {72, 65, 513},
				{73, 513, 9}, {145, 512, 8}, {300, 1, 300}, {1, 1, 1025}, {2, 700, 260}, {150, 150, 150},
			} {
				checkProduct(t, tA, tB, s[0], s[1], s[2], 3, -0.5, 2)
			}
		}
	}
}

func TestGemmScalars(t *testing.T) {
	for _, alpha := range []float32{0, 1, -1, 0.3} {
		for _, beta := range []float32{0, 1, -1, 0.7} {
			for _, s := range [][3]int{{1, 40, 30}, {13, 37, 11}, {70, 80, 300}, {4, 4, 0}} {
				checkProduct(t, blas.NoTrans, blas.Trans, s[0], s[1], s[2], 1, alpha, beta)
				checkProduct(t, blas.Trans, blas.NoTrans, s[0], s[1], s[2], 0, alpha, beta)
			}
		}
	}
}

// The bits must not depend on the number of cores.
func TestGemmSameBitsOnAnyCores(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	rng := rand.New(rand.NewPCG(1, 2))
	for _, tA := range transposes {
		for _, tB := range transposes {
			for _, s := range [][3]int{{300, 400, 500}, {1, 3000, 300}, {700, 40, 333}, {3, 2000, 700}, {20, 1111, 1000}} {
				a, b, c := operands(rng, tA, tB, s[0], s[1], s[2], 0)
				var first []float32
				for _, procs := range []int{1, 2, 3, 8} {
					runtime.GOMAXPROCS(procs)
					got := clone(c)
					f32.Gemm(tA, tB, 0.7, a, b, 0.3, got)
					if first == nil {
						first = got.Data
					}
					require.True(t, slices.Equal(first, got.Data), "GOMAXPROCS %d, %v", procs, s)
				}
			}
		}
	}
}

// The kernels in assembly give the same bits, so that a model trained with one
// goes on with another.
func TestGemmSameBitsWithAnyKernel(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 3))
	for _, tA := range transposes {
		for _, tB := range transposes {
			for _, s := range [][3]int{{64, 96, 40}, {77, 1000, 600}, {300, 70, 257}, {8, 30, 5}} {
				a, b, c := operands(rng, tA, tB, s[0], s[1], s[2], 2)
				for _, beta := range []float32{0, 1} {
					var first []float32
					for _, kernel := range f32.Kernels() {
						if kernel == "Go" {
							continue // does not fuse
						}
						got := clone(c)
						restore := f32.UseKernel(kernel)
						f32.Gemm(tA, tB, 0.7, a, b, beta, got)
						restore()
						if first == nil {
							first = got.Data
						}
						require.Equal(t, bits(first), bits(got.Data), "%s, %v", kernel, s)
					}
				}
			}
		}
	}
}

// bits makes NaNs comparable.
func bits(x []float32) []uint32 {
	b := make([]uint32, len(x))
	for i, v := range x {
		b[i] = math.Float32bits(v)
	}
	return b
}

func TestGemmPassesNaNAndInf(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		for _, s := range [][3]int{{1, 50, 50}, {5, 50, 50}, {100, 100, 100}} {
			m, n, k := s[0], s[1], s[2]
			a, b, c := operands(rng, blas.NoTrans, blas.NoTrans, m, n, k, 0)
			a.Data[(m-1)*a.Stride+k/2] = float32(bad)
			clear(f32.Row(b, k/2)) // 0·NaN is NaN
			for _, kernel := range f32.Kernels() {
				restore := f32.UseKernel(kernel)
				f32.Gemm(blas.NoTrans, blas.NoTrans, 1, a, b, 0, c)
				restore()
				for i := range m {
					for j := range n {
						v := at(blas.NoTrans, c, i, j)
						finite := !math.IsNaN(v) && !math.IsInf(v, 0)
						require.Equal(t, i != m-1, finite, "%s, %v: c[%d,%d] = %v", kernel, bad, i, j, v)
					}
				}
			}
		}
	}
}

func TestGemmAllocatesNoMatrix(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, s := range [][3]int{{8, 8, 8}, {1, 768, 768}, {256, 256, 256}, {130, 800, 300}} {
		a, b, c := operands(rng, blas.NoTrans, blas.Trans, s[0], s[1], s[2], 0)
		got := allocs.Bytes(func() { f32.Gemm(blas.NoTrans, blas.Trans, 1, a, b, 0, c) })
		require.Less(t, got, 1024, "%v", s)
	}
}

func TestGemmConcurrently(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	a, b, c := operands(rng, blas.NoTrans, blas.NoTrans, 150, 210, 90, 0)
	want := clone(c)
	f32.Gemm(blas.NoTrans, blas.NoTrans, 1, a, b, 1, want)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 10 {
				got := clone(c)
				f32.Gemm(blas.NoTrans, blas.NoTrans, 1, a, b, 1, got)
				if !slices.Equal(got.Data, want.Data) {
					t.Error("a concurrent product differs")
				}
			}
		})
	}
	wg.Wait()
}

func TestGemmMisuse(t *testing.T) {
	m := func(rows, cols int) blas32.General { return f32.New(rows, cols) }
	short := m(3, 4)
	short.Data = short.Data[:11]
	narrow := m(3, 4)
	narrow.Stride = 3
	for _, bad := range [][3]blas32.General{
		{m(2, 3), m(4, 5), m(2, 5)},
		{m(2, 3), m(3, 5), m(3, 5)},
		{m(2, 3), m(3, 5), m(2, 4)},
		{m(2, 3), short, m(2, 4)},
		{m(2, 3), narrow, m(2, 4)},
	} {
		require.Panics(t, func() { f32.Gemm(blas.NoTrans, blas.NoTrans, 1, bad[0], bad[1], 0, bad[2]) })
	}
}

// Shapes of a small GPT (width 128 and 384) and of GPT-2: m rows of
// activations, n outputs, k inputs; then one head's scores, one row's logits.
func BenchmarkGemm(b *testing.B) {
	rng := rand.New(rand.NewPCG(9, 10))
	for _, s := range []struct {
		tA, tB  blas.Transpose
		m, n, k int
	}{
		{blas.NoTrans, blas.NoTrans, 512, 384, 128},
		{blas.NoTrans, blas.NoTrans, 1024, 1024, 1024},
		{blas.NoTrans, blas.NoTrans, 512, 3072, 768},
		{blas.NoTrans, blas.Trans, 512, 768, 3072},
		{blas.Trans, blas.NoTrans, 768, 3072, 512},
		{blas.NoTrans, blas.Trans, 256, 256, 64},
		{blas.NoTrans, blas.NoTrans, 256, 64, 256},
		{blas.NoTrans, blas.NoTrans, 1, 3072, 768},
		{blas.NoTrans, blas.Trans, 1, 50257, 768},
		{blas.NoTrans, blas.NoTrans, 8, 8, 8},
	} {
		x, y, z := operands(rng, s.tA, s.tB, s.m, s.n, s.k, 0)
		b.Run(fmt.Sprintf("%dx%dx%d%c%c", s.m, s.n, s.k, s.tA, s.tB), func(b *testing.B) {
			for b.Loop() {
				f32.Gemm(s.tA, s.tB, 1, x, y, 0, z)
			}
			flops := 2 * float64(s.m) * float64(s.n) * float64(s.k)
			b.ReportMetric(flops*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
		})
	}
}
