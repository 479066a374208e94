package torchrand

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// round takes values to the digits that PyTorch prints.
func round(x []float32, digits int) []float64 {
	unit := math.Pow10(digits)
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = math.Round(float64(v)*unit) / unit
	}
	return out
}

func TestTwister(t *testing.T) {
	g := New(123)
	for _, want := range []uint32{2991312382, 3062119789, 1228959102, 1840268610, 974319580} {
		require.Equal(t, want, g.Uint32())
	}
	// The value that the C++ standard demands of the 10,000th number.
	g = New(5489)
	for range 9999 {
		g.Uint32()
	}
	require.EqualValues(t, 4123659995, g.Uint32())
	require.Equal(t, New(7).Uint32(), New(1<<32+7).Uint32(), "only 32 bits of a seed count")
}

// What PyTorch 1.13 prints after torch.manual_seed(123), where it is built without
// MKL. Its vectorised logarithm and cosine are good to six digits or so.
func TestLikePyTorch(t *testing.T) {
	draw := func(g *Generator, n int, fill func(x []float32)) []float32 {
		x := make([]float32, n)
		fill(x)
		return x
	}
	g := New(123)
	require.Equal(t, []float64{.29611194, .51656228, .25167072, .68855679}, round(draw(g, 4, func(x []float32) { g.Uniform(x, 0, 1) }), 8))

	g = New(123)
	require.Equal(t, []float32{-0.11146711558103561, 0.12036294490098953, -0.3696345090866089, -0.2404179722070694, -1.1969243288040161}, draw(g, 5, g.Normal))
	require.Equal(t, []float32{0.20926935970783234, -0.9723550081253052, -0.755045473575592}, draw(g, 3, g.Normal), "the spare number comes first")
	want := []float32{
		-0.07702023535966873, -1.0204719305038452, -2.1337530612945557, 1.052357792854309, -0.38848307728767395, -0.9343459010124207,
		-0.4991441071033478, -1.0866526365280151, 0.9624210000038147, 0.2492084950208664, 0.6266160607337952, -0.1754872053861618,
		0.09828377515077591, -0.09350743144750595, 0.2662147283554077, -0.585035502910614, -0.34303799271583557, -0.6821473836898804,
	}
	for i, v := range draw(g, 18, g.Normal) {
		require.InDelta(t, want[i], v, 2e-6)
	}

	g = New(123)
	weight, bias := make([]float32, 6), make([]float32, 2)
	g.Linear(weight, bias, 3)
	require.Equal(t, []float32{-0.23542964458465576, 0.019124476239085197, -0.28674593567848206, 0.21772661805152893, -0.491934210062027, 0.423223078250885}, weight)
	require.Equal(t, []float32{-0.4196414053440094, -0.45901766419410706}, bias)

	g = New(123)
	require.Equal(t, []float32{2, 2, 0, 2, 2, 0, 0, 0, 0, 2, 0, 2, 2, 2, 2, 2, 0, 2, 0, 2, 2, 0, 0, 2, 0, 2, 0, 2, 0, 2, 0, 2, 2, 2, 2, 0},
		draw(g, 36, func(x []float32) { g.Dropout(x, .5) }))

	g = New(123)
	var ids []int
	for range 20 {
		ids = append(ids, g.Multinomial([]float32{.1, .2, .3, .4}))
	}
	require.Equal(t, []int{1, 3, 3, 2, 3, 3, 3, 3, 1, 0, 3, 2, 2, 0, 0, 3, 3, 2, 2, 3}, ids)
	require.Equal(t, []int{3, 5, 2, 6, 7, 1, 9, 0, 8, 4}, g.Perm(10))

	g = New(123)
	require.Equal(t, []int{0, 1, 3, 5, 4, 2, 8, 7, 6}, g.Loader(9, true))
	require.Equal(t, []int{0, 2, 3, 5, 1, 6, 8, 7, 4}, g.Loader(9, true))
	require.Equal(t, float32(0.18405646085739136), g.Float32())
}

// Without dropout nothing is drawn, and every factor is 1.
func TestNoDropout(t *testing.T) {
	g, mask := New(1), make([]float32, 3)
	g.Dropout(mask, 0)
	require.Equal(t, []float32{1, 1, 1}, mask)
	require.Equal(t, New(1).Uint32(), g.Uint32())
}

func TestPermutationHasEachOnce(t *testing.T) {
	for _, n := range []int{0, 1, 2, 1000} {
		p := NewRandomState(123).Permutation(n)
		slices.Sort(p)
		require.Equal(t, count(n), p)
	}
}
