package f32

import "math"

// Normalize sets y to (x - mean)·rstd·weight + bias and returns mean and rstd,
// which is 1/√(variance+epsilon). It is chapter 4's LayerNorm of one row.
func Normalize(y, x, weight, bias []float32, epsilon float64) (mean, rstd float32) {
	mean = Sum(x) / float32(len(x))
	Shift(y, x, -mean)
	variance := float64(Dot(y, y)) / float64(len(x))
	rstd = float32(1 / math.Sqrt(variance+epsilon))
	Scale(rstd, y)
	Mul(y, y, weight)
	Add(y, bias)
	return mean, rstd
}

// NormalizeBackward undoes [Normalize]: it sets dx to rstd·(g - ⟨g⟩ - x̂·⟨g·x̂⟩),
// where g is dy·weight and ⟨ ⟩ the mean. It is scratch for x̂ on the way.
func NormalizeBackward(dx, dy, x, weight []float32, mean, rstd float32) {
	C := float32(len(x))
	meanG := Dot(dy, weight) / C
	Standardize(dx, x, mean, rstd)
	Mul(dx, dx, weight)
	meanGX := Dot(dy, dx) / C // dy·(x̂·weight) is g·x̂

	Standardize(dx, x, mean, rstd)
	Scale(-meanGX, dx)
	Shift(dx, dx, -meanG)
	MulAdd(dx, dy, weight)
	Scale(rstd, dx)
}

// Standardize sets dst to (x - mean)·rstd.
func Standardize(dst, x []float32, mean, rstd float32) {
	Shift(dst, x, -mean)
	Scale(rstd, dst)
}
