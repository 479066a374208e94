package f32

import "math"

var (
	negInf = float32(math.Inf(-1))
)

// Exp returns e**x.
func Exp(x float32) float32 { return float32(math.Exp(float64(x))) }

// Tanh returns the hyperbolic tangent of x.
func Tanh(x float32) float32 { return float32(math.Tanh(float64(x))) }

// ExpShifted sets dst[i] to Exp(x[i]-shift) and returns the sum of dst: the
// core of a softmax, where shift is the largest x. dst and x may be the same.
func ExpShifted(dst, x []float32, shift float32) float32 {
	if len(x) != len(dst) {
		panic(badLengths)
	}
	var sum float32
	for i, v := range x {
		e := Exp(v - shift)
		dst[i] = e
		sum += e
	}
	return sum
}
