package f32_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/allocs"
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

// An element's bits do not depend on the company it is in.
func TestEachElementIsAlone(t *testing.T) {
	for name, f := range map[string]func(dst, x, y []float32){
		"GELU":            func(dst, x, _ []float32) { f32.GELU(dst, x) },
		"GELUBackward":    f32.GELUBackward,
		"ErfGELU":         func(dst, x, _ []float32) { f32.ErfGELU(dst, x) },
		"ErfGELUBackward": f32.ErfGELUBackward,
		"Mul":             f32.Mul,
		"MulAdd":          f32.MulAdd,
		"Shift":           func(dst, x, _ []float32) { f32.Shift(dst, x, -0.3) },
		"Sigmoid":         func(dst, x, _ []float32) { f32.Sigmoid(dst, x) },
	} {
		eachLength(func(rng *rand.Rand, n int) {
			for round := range 2 {
				x, y, fast := vector(rng, n), vector(rng, n), vector(rng, n)
				if round == 1 {
					sprinkle(rng, x)
					sprinkle(rng, y)
				}
				plain := slices.Clone(fast)
				f(fast, x, y)
				for i := range n {
					f(plain[i:i+1], x[i:i+1], y[i:i+1])
				}
				sameBits(t, plain, fast, name)
			}
		})
		require.Panics(t, func() { f(make([]float32, 3), make([]float32, 4), make([]float32, 4)) }, name)
	}
}

// On single elements, where nothing is fast, against math.
func TestElementsAgainstMath(t *testing.T) {
	everyFloat(1e-20, 12, 4999, func(x float32) {
		for _, x := range []float32{x, -x} {
			v := float64(x)
			u, cubic := math.Sqrt(2/math.Pi), 0.044715
			tanh := math.Tanh(u * (v + cubic*v*v*v))
			y, dx := []float32{x}, []float32{2}
			f32.GELU(y, y)
			f32.GELUBackward(dx, dx, []float32{x})
			require.InDelta(t, v/2*(1+tanh), y[0], 1e-6)
			f32.Sigmoid(y, []float32{x})
			require.InEpsilon(t, 1/(1+math.Exp(-v)), y[0], 1e-6)
			require.InDelta(t, 1+tanh+v*(1-tanh*tanh)*u*(1+3*cubic*v*v), dx[0], 4e-6)

			share := 0.5 * math.Erfc(-v/math.Sqrt2)
			y[0], dx[0] = x, 2
			f32.ErfGELU(y, y)
			f32.ErfGELUBackward(dx, dx, []float32{x})
			require.InDelta(t, v*share, y[0], 3e-7*max(1, math.Abs(v)))
			require.InDelta(t, 2*(share+v*math.Exp(-v*v/2)/math.Sqrt(2*math.Pi)), dx[0], 1e-6)
		}
	})
	x := []float32{3}
	f32.MulAdd(x, x, []float32{2})
	f32.Shift(x, x, 1)
	f32.Mul(x, x, x)
	require.EqualValues(t, []float32{100}, x)
}

// SumExp adds every eighth element, folds the eight sums by halves, and adds the
// last few.
func TestSumExpOrder(t *testing.T) {
	eachLength(func(rng *rand.Rand, n int) {
		for round := range 2 {
			x := vector(rng, n)
			if round == 1 {
				sprinkle(rng, x)
			}
			var s [8]float32
			for i, v := range x[:n&^7] {
				s[i%8] += f32.Exp(v - 0.5)
			}
			want := ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))
			for _, v := range x[n&^7:] {
				want += f32.Exp(v - 0.5)
			}
			sameBits(t, []float32{want}, []float32{f32.SumExp(x, 0.5)}, "SumExp")
		}
	})
}

// The order of the additions is part of the contract: down each column.
func TestSumRowsAddsInOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	for _, rows := range []int{0, 1, 3, 4, 5, 8, 11} {
		for _, cols := range []int{1, 7, 8, 9, 33, 127, 128, 129, 300} {
			m := f32.Cols(f32.View(vector(rng, (rows+1)*(cols+5)), rows, cols+5), 2, 2+cols)
			got := vector(rng, cols)
			want := slices.Clone(got)
			for i := range rows {
				for j, v := range f32.Row(m, i) {
					want[j] += v
				}
			}
			f32.SumRows(got, m)
			require.Equal(t, want, got, "%d rows, %d columns", rows, cols)
		}
	}
}

// SquaredNorm has one value, with a kernel or without, on one core or on many.
func TestSquaredNormOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 2))
	for _, n := range []int{0, 1, 15, 16, 17, 40, 1000, 1 << 16, 1<<16 + 1, 200_000} {
		x := vector(rng, n)
		var want float64
		for lo := 0; lo < n; lo += 1 << 16 {
			var s [16]float64
			for i, v := range x[lo:min(lo+1<<16, n)] {
				s[i%16] += float64(v) * float64(v)
			}
			for half := 8; half > 0; half /= 2 {
				for j := range half {
					s[j] += s[j+half]
				}
			}
			want += s[0]
		}
		require.Equal(t, want, f32.SquaredNorm(x), "%d elements", n)
	}
}

func TestTrainingAllocatesNoVector(t *testing.T) {
	x, y := make([]float32, 1<<17), make([]float32, 128)
	m := f32.View(x, 1024, 128)
	require.Less(t, allocs.Bytes(func() {
		f32.SumRows(y, m)
		sink += float32(f32.SquaredNorm(x)) + f32.SumExp(x, 1)
		f32.GELU(y, y)
	}), 1024)
}

// Four streams are read and written, 32 bytes for each weight.
func BenchmarkAdamW(b *testing.B) {
	const n = 1 << 23
	p, g, m, v := make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)
	b.SetBytes(32 * n)
	for b.Loop() {
		f32.Run(n, 1<<14, func(lo, hi int) { adamW.Step(p[lo:hi], g[lo:hi], m[lo:hi], v[lo:hi]) })
	}
}

func BenchmarkGELU(b *testing.B) {
	x, y := gauss(1<<12), make([]float32, 1<<12)
	perElement(b, len(x), func() { f32.GELU(y, x) })
}

func BenchmarkGELUBackward(b *testing.B) {
	x, y := gauss(1<<12), gauss(1<<12)
	dx := make([]float32, 1<<12)
	perElement(b, len(x), func() { f32.GELUBackward(dx, y, x) })
}

func BenchmarkSumExp(b *testing.B) {
	x := gauss(50257)
	perElement(b, len(x), func() { sink += f32.SumExp(x, 3) })
}

func BenchmarkSquaredNorm(b *testing.B) {
	x := gauss(1 << 24)
	b.SetBytes(4 << 24)
	for b.Loop() {
		sink += float32(f32.SquaredNorm(x))
	}
}

// The gradient of the bias of GPT-2's widest layer, for 4 texts of 256 tokens.
func BenchmarkSumRows(b *testing.B) {
	m, dst := f32.View(gauss(1024*3072), 1024, 3072), make([]float32, 3072)
	b.SetBytes(4 * 1024 * 3072)
	for b.Loop() {
		f32.SumRows(dst, m)
	}
}

func gauss(n int) []float32 { return vector(rand.New(rand.NewPCG(5, 5)), n) }

func perElement(b *testing.B, n int, f func()) {
	for b.Loop() {
		f()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/element")
}
