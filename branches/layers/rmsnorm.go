package layers

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// Normalize sets y to the row x, brought to a root mean square of 1, times weight:
//
//	y_j = x_j · rstd · weight_j    with rstd = 1/√(⟨x²⟩ + ε)
//
// It returns rstd, which the backward pass needs.
func Normalize(y, x, weight []float32, epsilon float64) (rstd float32) {
	rstd = float32(1 / math.Sqrt(f32.SquaredNorm(x)/float64(len(x))+epsilon))
	for j, v := range x {
		y[j] = v * rstd * weight[j]
	}
	return rstd
}

// NormalizeBackward undoes y = x̂·weight with x̂ = x·rstd. With g = dy·weight, and
// the mean of a row written as ⟨ ⟩, it sets
//
//	dx = rstd·(g - x̂·⟨g·x̂⟩)
//
// LayerNorm's has one subtraction more, for the mean that is not taken away here.
func NormalizeBackward(dx []float32, rstd float32, dy, x, weight []float32) {
	var mean float32
	for j, v := range x {
		mean += dy[j] * weight[j] * v
	}
	mean *= rstd / float32(len(x))
	for j, v := range x {
		dx[j] = rstd * (dy[j]*weight[j] - v*rstd*mean)
	}
}

// RMSNorm scales every row to a root mean square of 1, and each column by a trained
// weight (Zhang and Sennrich 2019). It takes no mean away and adds no bias.
type RMSNorm struct {
	Weight  []float32 // (C); nil in the gradient of a frozen norm
	Epsilon float64   // keeps the norm of a row of zeros finite
}

// Forward sets every row of y (N,C) as [Normalize] does, and rstd (N). y may be x.
func (n *RMSNorm) Forward(y blas32.General, rstd []float32, x blas32.General) {
	f32.Run(x.Rows, 16, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			rstd[i] = f32.RMSNormalize(f32.Row(y, i), f32.Row(x, i), n.Weight, n.Epsilon)
		}
	})
}

// Backward undoes Forward: it sets every row of dx as [NormalizeBackward] does,
// unless dx has no data, and adds to what grad has of dweight += Σ_rows dy·x̂. dx
// may be dy.
func (n *RMSNorm) Backward(dx blas32.General, grad *RMSNorm, rstd []float32, dy, x blas32.General) {
	if grad.Weight != nil {
		f32.Run(x.Cols, 64, func(lo, hi int) {
			for i := range x.Rows {
				row, drow := f32.Row(x, i), f32.Row(dy, i)
				for j := lo; j < hi; j++ {
					grad.Weight[j] += drow[j] * row[j] * rstd[i]
				}
			}
		})
	}
	if dx.Data == nil {
		return
	}
	f32.Run(x.Rows, 16, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			f32.RMSNormalizeBackward(f32.Row(dx, i), rstd[i], f32.Row(dy, i), f32.Row(x, i), n.Weight)
		}
	})
}
