package gpt

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// epsilon keeps the norm of a constant row finite; GPT-2 was trained with it.
const epsilon = 1e-5

// Normalize brings the row x to mean 0 and variance 1, and sets y to that, times
// weight and plus bias. The variance is the biased one, divided by C. It returns
// what the backward pass needs: the mean, and rstd = 1/√(variance+ε).
func Normalize(y, x, weight, bias []float32) (mean, rstd float32) {
	C := float32(len(x))
	for _, v := range x {
		mean += v / C
	}
	var variance float32
	for _, v := range x {
		variance += (v - mean) * (v - mean) / C
	}
	rstd = float32(1 / math.Sqrt(float64(variance)+epsilon))
	for j, v := range x {
		y[j] = (v-mean)*rstd*weight[j] + bias[j]
	}
	return mean, rstd
}

// NormalizeBackward undoes y = x̂·weight + bias with x̂ = (x - mean)·rstd. With
// g = dy·weight, and the mean of a row written as ⟨ ⟩, it sets
//
//	dx = rstd·(g - ⟨g⟩ - x̂·⟨g·x̂⟩)
//
// The two subtractions are what mean and rstd, which depend on x too, take away.
func NormalizeBackward(dx []float32, mean, rstd float32, dy, x, weight []float32) {
	C := float32(len(x))
	var meanG, meanGX float32
	for j, v := range x {
		g := dy[j] * weight[j]
		meanG += g / C
		meanGX += g * (v - mean) * rstd / C
	}
	for j, v := range x {
		dx[j] = rstd * (dy[j]*weight[j] - meanG - (v-mean)*rstd*meanGX)
	}
}

// LayerNorm brings every row to mean 0 and variance 1, then scales and shifts
// each column by trained values (Ba, Kiros, Hinton 2016).
type LayerNorm struct {
	Weight, Bias []float32 // (C) each; nil in the gradient of a frozen norm
}

// Moments is what [LayerNorm.Forward] finds out about each row and
// [LayerNorm.Backward] needs again.
type Moments struct {
	Mean, Rstd []float32 // (N) each: the mean, and 1/√(variance+ε)
}

// NewMoments returns room for N rows.
func NewMoments(N int) *Moments {
	return &Moments{Mean: make([]float32, N), Rstd: make([]float32, N)}
}

// Forward sets every row of y (N,C) as [Normalize] does.
func (l *LayerNorm) Forward(y blas32.General, m *Moments, x blas32.General) {
	f32.Run(x.Rows, 16, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			m.Mean[i], m.Rstd[i] = f32.Normalize(f32.Row(y, i), f32.Row(x, i), l.Weight, l.Bias, epsilon)
		}
	})
}

// Backward undoes Forward: every row of dx as [NormalizeBackward] does, unless dx
// has no data, and
//
//	dweight += Σ_rows dy·x̂    dbias += Σ_rows dy
func (l *LayerNorm) Backward(dx blas32.General, grad *LayerNorm, m *Moments, dy, x blas32.General) {
	if grad.Weight != nil {
		f32.AddStandardized(grad.Weight, grad.Bias, dy, x, m.Mean, m.Rstd)
	}
	if dx.Data == nil {
		return
	}
	f32.Run(x.Rows, 16, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			f32.NormalizeBackward(f32.Row(dx, i), m.Mean[i], m.Rstd[i], f32.Row(dy, i), f32.Row(x, i), l.Weight)
		}
	})
}
