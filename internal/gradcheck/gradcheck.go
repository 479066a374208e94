// Package gradcheck tests gradients by nudging: where a weight moves a little,
// the loss must change by what the gradient says.
package gradcheck

import (
	"iter"
	"math"
	"math/rand/v2"
)

// directions is along how many random directions a tensor is nudged.
const directions = 4

// Slopes yields, along random directions of length one, the slope of loss that grad,
// its gradient with respect to values, claims and the one that central differences
// measure. The loss reads values, which are as before in the end; it should sum in
// float64. One direction at a time and not one value: a single value changes the
// loss by less than float32 can tell.
func Slopes(values, grad []float32, loss func() float64) iter.Seq2[float64, float64] {
	const h = 1e-2
	return func(yield func(claimed, measured float64) bool) {
		rng := rand.New(rand.NewPCG(1, uint64(len(values))))
		saved := append([]float32(nil), values...)
		for range directions {
			way := make([]float32, len(values))
			Fill(way, rng, 1)
			scale := float32(1 / Norm(way))
			var claimed float64
			for i := range way {
				way[i] *= scale
				claimed += float64(way[i]) * float64(grad[i])
			}
			at := func(step float32) float64 {
				for i := range values {
					values[i] = saved[i] + step*way[i]
				}
				return loss()
			}
			measured := (at(h) - at(-h)) / (2 * h)
			copy(values, saved)
			if !yield(claimed, measured) {
				return
			}
		}
	}
}

// TB is the part of testing.TB that Check needs: programs link this package.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
}

// Check is an error of the test if [Slopes] differ by more than tolerance, relative
// to the gradient's length.
func Check(t TB, name string, values, grad []float32, loss func() float64, tolerance float64) {
	t.Helper()
	length := Norm(grad)
	if length == 0 {
		t.Errorf("%s: the gradient is all zeros; nothing is checked", name)
		return
	}
	for claimed, measured := range Slopes(values, grad, loss) {
		if off := math.Abs(measured-claimed) / length; !(off <= tolerance) {
			t.Errorf("%s: the slope along a random direction is %.7g, the gradient says %.7g: off by %.2g of the gradient's length, more than %.2g",
				name, measured, claimed, off, tolerance)
		}
	}
}

// Norm is the length of x.
func Norm(x []float32) float64 {
	var sum float64
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum)
}

// Weighted returns a loss for a layer with output y: the sum of y's values times
// random weights, which are also its gradient with respect to y.
func Weighted(y []float32, seed uint64) (dy []float32, loss func() float64) {
	rng := rand.New(rand.NewPCG(seed, 0))
	dy = make([]float32, len(y))
	Fill(dy, rng, 1)
	return dy, func() float64 {
		var sum float64
		for i, v := range y {
			sum += float64(v) * float64(dy[i])
		}
		return sum
	}
}

// Fill draws values from a normal distribution with standard deviation std.
func Fill(values []float32, rng *rand.Rand, std float64) {
	for i := range values {
		values[i] = float32(std * rng.NormFloat64())
	}
}
