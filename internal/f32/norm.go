package f32

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"
)

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
func NormalizeBackward(dx []float32, mean, rstd float32, dy, x, weight []float32) {
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

// RMSNormalize sets y to x·rstd·weight and returns rstd, which is 1/√(⟨x²⟩+epsilon). It is
// branches/layers' RMSNorm of one row.
func RMSNormalize(y, x, weight []float32, epsilon float64) (rstd float32) {
	rstd = float32(1 / math.Sqrt(SquaredNorm(x)/float64(len(x))+epsilon))
	copy(y, x)
	Scale(rstd, y)
	Mul(y, y, weight)
	return rstd
}

// RMSNormalizeBackward undoes [RMSNormalize]: it sets dx to rstd·(g - x̂·⟨g·x̂⟩), where g is
// dy·weight. dx may be dy.
func RMSNormalizeBackward(dx []float32, rstd float32, dy, x, weight []float32) {
	Mul(dx, dy, weight) // g
	mean := Dot(dx, x) * rstd / float32(len(x))
	Scale(rstd, dx)
	Axpy(-rstd*rstd*mean, x, dx)
}

// Standardize sets dst to (x - mean)·rstd.
func Standardize(dst, x []float32, mean, rstd float32) {
	Shift(dst, x, -mean)
	Scale(rstd, dst)
}

// normColumns is how many columns one core sums at a time.
const normColumns = 64

// AddStandardized adds dy·x̂, x̂ being the rows of x by [Standardize], to weight and
// dy to bias, one row after the other. The sum over rows is never shared between
// cores, so its order is always the same.
func AddStandardized(weight, bias []float32, dy, x blas32.General, mean, rstd []float32) {
	Run(x.Cols, normColumns, func(lo, hi int) {
		var buffer [normColumns]float32
		hat := buffer[:hi-lo]
		for i := range x.Rows {
			dyi := Row(dy, i)[lo:hi]
			Standardize(hat, Row(x, i)[lo:hi], mean[i], rstd[i])
			MulAdd(weight[lo:hi], dyi, hat)
			Add(bias[lo:hi], dyi)
		}
	})
}
