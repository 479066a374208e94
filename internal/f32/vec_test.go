package f32_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// vector returns n random elements that are not aligned to anything.
func vector(rng *rand.Rand, n int) []float32 {
	x := make([]float32, n+1)[1:]
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	return x
}

// Lengths around every multiple of a register and of an unrolled loop.
func eachLength(f func(rng *rand.Rand, n int)) {
	rng := rand.New(rand.NewPCG(11, 12))
	for n := range 75 {
		f(rng, n)
	}
	f(rng, 1000)
	f(rng, 4097)
}

// Element by element, fast and plain agree to the bit.
func TestElementwise(t *testing.T) {
	eachLength(func(rng *rand.Rand, n int) {
		x, y := vector(rng, n), vector(rng, n)
		axpy, add, scaled := append([]float32{}, y...), append([]float32{}, y...), append([]float32{}, y...)
		f32.Axpy(0.3, x, axpy)
		f32.Add(add, x)
		f32.Scale(-1.7, scaled)
		for i := range n {
			require.Equal(t, y[i]+float32(0.3*x[i]), axpy[i])
			require.Equal(t, y[i]+x[i], add[i])
			require.Equal(t, -1.7*y[i], scaled[i])
		}
	})
}

func TestReductions(t *testing.T) {
	eachLength(func(rng *rand.Rand, n int) {
		x, y := vector(rng, n), vector(rng, n)
		var dot, sum, norm, size float64
		greatest := float32(math.Inf(-1))
		for i := range n {
			v, w := float64(x[i]), float64(y[i])
			dot, sum, norm = dot+v*w, sum+v, norm+v*v
			size += math.Abs(v) + math.Abs(v*w)
			greatest = max(greatest, x[i])
		}
		tolerance := 2e-7 * size
		require.InDelta(t, dot, f32.Dot(x, y), tolerance)
		require.InDelta(t, sum, f32.Sum(x), tolerance)
		require.InEpsilon(t, norm+1, f32.SquaredNorm(x)+1, 1e-13)
		require.Equal(t, greatest, f32.Max(x))
	})
}

// A NaN or an infinity comes through wherever it stands.
func TestReductionsPassNaNAndInf(t *testing.T) {
	eachLength(func(rng *rand.Rand, n int) {
		ones := make([]float32, n)
		for i := range ones {
			ones[i] = 1
		}
		for range min(n, 10) {
			i := rng.IntN(n)
			x := vector(rng, n)
			x[i] = nan
			for _, got := range []float32{f32.Dot(x, ones), f32.Sum(x), f32.Max(x), float32(f32.SquaredNorm(x))} {
				require.True(t, got != got, "NaN at %d of %d gives %v", i, n, got)
			}
			x[i] = inf
			for _, got := range []float32{f32.Dot(x, ones), f32.Sum(x), f32.Max(x), float32(f32.SquaredNorm(x))} {
				require.Equal(t, inf, got)
			}
		}
	})
	require.Equal(t, -inf, f32.Max(nil))
	require.Zero(t, f32.Sum(nil))
}

func TestSumRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	m := f32.Cols(f32.View(vector(rng, 7*50), 7, 50), 3, 40)
	dst := make([]float32, 37)
	dst[5] = 10
	f32.SumRows(dst, m)
	want := float32(10)
	for i := range 7 {
		want += f32.Row(m, i)[5]
	}
	require.Equal(t, want, dst[5])
}

func TestVectorMisuse(t *testing.T) {
	x, y := make([]float32, 3), make([]float32, 4)
	for _, f := range []func(){
		func() { f32.Dot(x, y) }, func() { f32.Axpy(1, x, y) }, func() { f32.Add(x, y) },
		func() { f32.SumRows(x, f32.New(3, 4)) },
	} {
		require.PanicsWithValue(t, "f32: vectors of different lengths", f)
	}
}

func TestVectorsAllocateNothing(t *testing.T) {
	x, y := make([]float32, 100), make([]float32, 100)
	require.Zero(t, testing.AllocsPerRun(10, func() {
		f32.Axpy(1, x, y)
		sink += f32.Dot(x, y) + f32.ExpShifted(y, x, f32.Max(x)) + f32.Sum(y)
	}))
}
