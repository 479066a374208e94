package f32_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/f32"
)

var (
	inf = float32(math.Inf(1))
	nan = float32(math.NaN())
)

// ulps returns |got-want| in units of the last place of want as a float32.
func ulps(got float32, want float64) float64 {
	w := float32(want)
	unit := float64(math.Nextafter32(w, inf)) - float64(w)
	return math.Abs(float64(got)-want) / math.Abs(unit)
}

// everyFloat yields each step-th float32 between lo and hi, by its bits.
func everyFloat(lo, hi float32, step uint32, yield func(float32)) {
	for b := uint64(math.Float32bits(lo)); b <= uint64(math.Float32bits(hi)); b += uint64(step) {
		yield(math.Float32frombits(uint32(b)))
	}
}

func TestExpWithinAnUlp(t *testing.T) {
	var worst float64
	var where float32
	check := func(x float32) {
		if u := ulps(f32.Exp(x), math.Exp(float64(x))); !(u <= worst) {
			worst, where = u, x
		}
	}
	everyFloat(0, 88.72283, 997, check)
	everyFloat(88, 88.72283, 1, check)
	everyFloat(float32(math.Copysign(0, -1)), -87.33654, 997, check)
	everyFloat(-87, -87.33654, 1, check)
	t.Logf("worst error %.3f ulp at %v", worst, where)
	require.Less(t, worst, 1.0, "at %v", where)
}

func TestExpExtremes(t *testing.T) {
	for _, c := range []struct{ x, want float32 }{
		{0, 1}, {float32(math.Copysign(0, -1)), 1}, {1e-45, 1}, {-1e-45, 1},
		{inf, inf}, {-inf, 0}, {88.72284, inf}, {1e38, inf}, {-87.34, 0}, {-104, 0}, {-3e38, 0},
	} {
		require.Equal(t, c.want, f32.Exp(c.x), "Exp(%v)", c.x)
	}
	require.True(t, math.IsNaN(float64(f32.Exp(nan))))
}

func TestTanhWithinAFewUlps(t *testing.T) {
	var worst float64
	var where float32
	check := func(x float32) {
		if u := ulps(f32.Tanh(x), math.Tanh(float64(x))); !(u <= worst) {
			worst, where = u, x
		}
	}
	everyFloat(1.2e-38, 20, 499, check)
	everyFloat(-1.2e-38, -20, 499, check)
	everyFloat(0.62, 0.63, 1, check)
	t.Logf("worst error %.3f ulp at %v", worst, where)
	require.Less(t, worst, 2.5, "at %v", where)
}

func TestTanhExtremes(t *testing.T) {
	for _, c := range []struct{ x, want float32 }{{0, 0}, {inf, 1}, {-inf, -1}, {50, 1}, {-3e38, -1}, {1e-45, 1e-45}} {
		require.Equal(t, c.want, f32.Tanh(c.x), "Tanh(%v)", c.x)
	}
	require.True(t, math.Signbit(float64(f32.Tanh(float32(math.Copysign(0, -1))))))
	require.True(t, math.IsNaN(float64(f32.Tanh(nan))))
}

// Each element is Exp's, to the bit, wherever it stands.
func TestExpShiftedIsExp(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	special := []float32{0, inf, -inf, nan, 1, 88.72283, 88.8, -87.33654, -87.4, -104, 1e-45, 3e38, -3e38}
	for n := range 70 {
		x, dst := make([]float32, n+1)[1:], make([]float32, n+3)[3:]
		for round := range 20 {
			for i := range x {
				x[i] = float32(rng.NormFloat64() * 40)
				if round%2 == 1 {
					x[i] = special[rng.IntN(len(special))]
				}
			}
			shift := float32(round / 2)
			got := f32.ExpShifted(dst, x, shift)
			var want float64
			for i, v := range x {
				e := f32.Exp(v - shift)
				require.Equal(t, math.Float32bits(e), math.Float32bits(dst[i]), "Exp(%v)", v-shift)
				want += float64(e)
			}
			if math.IsNaN(want) || math.IsInf(want, 0) || want > math.MaxFloat32 {
				require.False(t, got < inf, "sum %v, want %v", got, want)
			} else {
				require.InDelta(t, want, got, 1e-6*want)
			}
		}
	}
	x := []float32{1, 2, 3}
	f32.ExpShifted(x, x, 3) // in place
	require.Equal(t, []float32{f32.Exp(-2), f32.Exp(-1), 1}, x)
	require.Panics(t, func() { f32.ExpShifted(x, x[:2], 0) })
}

var sink float32

func BenchmarkExp(b *testing.B) {
	for b.Loop() {
		sink += f32.Exp(-0.01 * sink)
	}
}

func BenchmarkTanh(b *testing.B) {
	x := float32(-4)
	for b.Loop() {
		x += 0.001
		if x > 4 {
			x = -4
		}
		sink = f32.Tanh(x)
	}
}

func BenchmarkMathExp(b *testing.B) {
	for b.Loop() {
		sink += float32(math.Exp(float64(-0.01 * sink)))
	}
}

func BenchmarkMathTanh(b *testing.B) {
	x := -4.0
	for b.Loop() {
		x += 0.001
		if x > 4 {
			x = -4
		}
		sink = float32(math.Tanh(x))
	}
}

func BenchmarkExpShifted(b *testing.B) {
	x, dst := make([]float32, 1024), make([]float32, 1024)
	for i := range x {
		x[i] = -float32(i) / 100
	}
	b.SetBytes(1024 * 4)
	for b.Loop() {
		f32.ExpShifted(dst, x, 0)
	}
}
