package f32_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// What follows says what the kernels in assembly promise on every processor, to
// the bit: in what order they add, and where they round.

// fma returns x·y + z rounded once. The product is exact in float64. The sum is
// rounded to odd there, so that rounding it again to float32 gives what rounding
// once would (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums:
// proved algorithms using rounding to odd", 2008).
func fma(x, y, z float32) float32 {
	product, addend := float64(x)*float64(y), float64(z)
	sum := product + addend
	part := sum - product
	lost := (product - (sum - part)) + (addend - part)
	if even := math.Float64bits(sum)&1 == 0; even && lost != 0 {
		sum = math.Nextafter(sum, math.Copysign(math.MaxFloat64, lost))
	}
	return float32(sum)
}

func TestFMA(t *testing.T) {
	exact := func(x float32) *big.Float { return new(big.Float).SetPrec(800).SetFloat64(float64(x)) }
	rng := rand.New(rand.NewPCG(20, 21))
	for range 200_000 {
		// Exponents near each other, so that nothing is lost altogether.
		x, y, z := float32(rng.NormFloat64()), float32(rng.NormFloat64()), float32(rng.NormFloat64())
		z = float32(math.Ldexp(float64(z), rng.IntN(100)-50))
		want, _ := exact(x).Add(exact(x).Mul(exact(x), exact(y)), exact(z)).Float32()
		require.Equal(t, want, fma(x, y, z), "%v·%v + %v", x, y, z)
	}
}

// inAssembly returns the names of the kernels that make these promises.
func inAssembly(t *testing.T) []string {
	var names []string
	for _, name := range f32.Kernels() {
		if name != "Go" {
			names = append(names, name)
		}
	}
	if names == nil {
		t.Skip("no kernel in assembly for this processor")
	}
	return names
}

// An element of a product is a sum of fused multiply-adds from the first step to
// the last; after each block of steps, as few and as equal blocks as have at
// most 256, alpha times the sum is added to what is there.
func element(alpha, beta float32, x, y []float32, c float32) float32 {
	blocks := (len(x)-1)/256 + 1
	steps := (len(x)-1)/blocks + 1
	for len(x) > 0 {
		n := min(steps, len(x))
		var sum float32
		for i, v := range x[:n] {
			sum = fma(v, y[i], sum)
		}
		sum = float32(alpha * sum)
		if beta != 0 {
			sum += float32(beta * c)
		}
		c, beta = sum, 1
		x, y = x[n:], y[n:]
	}
	return c
}

func TestBitsOfGemm(t *testing.T) {
	rng := rand.New(rand.NewPCG(22, 23))
	for _, kernel := range inAssembly(t) {
		defer f32.UseKernel(kernel)()
		for _, s := range [][3]int{{12, 32, 40}, {23, 47, 257}, {7, 130, 1}, {32, 17, 700}} {
			for _, beta := range []float32{0, 1} {
				a, b, c := operands(rng, blas.NoTrans, blas.Trans, s[0], s[1], s[2], 1)
				got := clone(c)
				f32.Gemm(blas.NoTrans, blas.Trans, 0.7, a, b, beta, got)
				for i := range s[0] {
					for j := range s[1] {
						want := element(0.7, beta, f32.Row(a, i), f32.Row(b, j), f32.Row(c, i)[j])
						require.Equal(t, want, f32.Row(got, i)[j], "%s, %v, beta %v: c[%d,%d]", kernel, s, beta, i, j)
					}
				}
			}
		}
	}
}

// folded adds up n terms as the kernels do: into 32 sums while there are as many
// terms, then into the first 8 of them, which are folded into one. The last few
// go into four sums, of which that one is the first. term adds the i-th of the
// leading terms to a sum, rest returns the i-th where it is one of the last.
func folded(n int, term func(sum float32, i int) float32, rest func(i int) float32) float32 {
	var sums [32]float32
	i := 0
	for _, width := range []int{32, 8} {
		for ; i+width <= n; i += width {
			for lane := range width {
				sums[lane] = term(sums[lane], i+lane)
			}
		}
	}
	for lane := range 8 {
		sums[lane] = (sums[lane] + sums[lane+8]) + (sums[lane+16] + sums[lane+24])
	}
	for half := 4; half > 0; half /= 2 {
		for lane := range half {
			sums[lane] += sums[lane+half]
		}
	}
	last := [4]float32{sums[0]}
	for ; i+4 <= n; i += 4 {
		for lane := range last {
			last[lane] += rest(i + lane)
		}
	}
	for ; i < n; i++ {
		last[0] += rest(i)
	}
	return (last[0] + last[1]) + (last[2] + last[3])
}

func TestBitsOfReductions(t *testing.T) {
	inAssembly(t)
	eachLength(func(rng *rand.Rand, n int) {
		x, y := vector(rng, n), vector(rng, n)
		sum := func(s float32, i int) float32 { return s + x[i] }
		require.Equal(t, folded(n, sum, func(i int) float32 { return x[i] }), f32.Sum(x), "Sum of %d", n)
		dot := func(s float32, i int) float32 { return fma(x[i], y[i], s) }
		require.Equal(t, folded(n, dot, func(i int) float32 { return x[i] * y[i] }), f32.Dot(x, y), "Dot of %d", n)
	})
}

// dotInt8 adds up one row of a product with an Int8: sixteen sums while there are
// 64 terms left, then the first eight of them, which are folded into one.
func dotInt8(x []float32, w []int8) float32 {
	var sums [16]float32
	whole, n := len(x)&^63, len(x)&^7
	for i := range n {
		lane := i % 16
		if i >= whole {
			lane = i % 8
		}
		sums[lane] = fma(x[i], float32(w[i]), sums[lane])
	}
	var half [2]float32
	for lane := range 8 {
		sums[lane] += sums[lane+8]
	}
	for h := range half {
		s := sums[4*h:]
		half[h] = (s[0] + s[1]) + (s[2] + s[3])
	}
	sum := half[0] + half[1]
	for i := n; i < len(x); i++ {
		sum += float32(x[i] * float32(w[i]))
	}
	return sum
}

func TestBitsOfGemmInt8(t *testing.T) {
	inAssembly(t)
	eachLength(func(rng *rand.Rand, k int) {
		x, w, y := random(rng, 2, k, 1), randomInt8(rng, 5, k), f32.New(2, 5)
		f32.GemmInt8(x, &w, y, f32.Epilogue{})
		for i := range 2 {
			for j := range 5 {
				want := dotInt8(f32.Row(x, i), w.Data[j*k:][:k]) * w.Scale[j]
				require.Equal(t, want, f32.Row(y, i)[j], "%d steps, y[%d,%d]", k, i, j)
			}
		}
	})
}
