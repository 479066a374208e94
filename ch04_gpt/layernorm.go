package gpt

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// epsilon keeps the norm of a constant row finite; GPT-2 was trained with it.
const epsilon = 1e-5

// LayerNorm brings every row to mean 0 and variance 1, then scales and shifts
// each column by trained values (Ba, Kiros, Hinton 2016).
type LayerNorm struct {
	Weight, Bias []float32 // (C) each; nil in the gradient of a frozen norm
}

// Moments is what [LayerNorm.Forward] finds out about each row and
// [LayerNorm.Backward] needs again.
type Moments struct {
	Mean, Rstd []float32 // (N) each: the mean, and 1/√(variance+ε)
	work       normWork
}

// NewMoments returns room for N rows.
func NewMoments(N int) *Moments {
	return &Moments{Mean: make([]float32, N), Rstd: make([]float32, N)}
}

// normWork is what a pass hands to all cores.
type normWork struct {
	norm, grad *LayerNorm
	m          *Moments
	y, x       blas32.General
	dx, dy     blas32.General
}

// Forward sets y (N,C), row by row, to (x - mean)·rstd·weight + bias. The
// variance is the biased one, divided by C.
func (l *LayerNorm) Forward(y blas32.General, m *Moments, x blas32.General) {
	m.work = normWork{norm: l, m: m, y: y, x: x}
	f32.Run(x.Rows, 16, (*normForward)(&m.work))
}

type normForward normWork

// Do normalises the rows [lo,hi).
func (w *normForward) Do(lo, hi int) {
	for i := lo; i < hi; i++ {
		x, y := f32.Row(w.x, i), f32.Row(w.y, i)
		mean := f32.Sum(x) / float32(len(x))
		var variance float32
		for _, v := range x {
			variance += (v - mean) * (v - mean)
		}
		rstd := float32(1 / math.Sqrt(float64(variance)/float64(len(x))+epsilon))
		for j, v := range x {
			y[j] = (v-mean)*rstd*w.norm.Weight[j] + w.norm.Bias[j]
		}
		w.m.Mean[i], w.m.Rstd[i] = mean, rstd
	}
}

// Backward undoes y = x̂·weight + bias with x̂ = (x - mean)·rstd. With
// g = dy·weight, and every row's mean written as ⟨ ⟩:
//
//	dx = rstd·(g - ⟨g⟩ - x̂·⟨g·x̂⟩)    dweight += Σ_rows dy·x̂    dbias += Σ_rows dy
//
// The two subtractions are what mean and rstd, which depend on x too, take
// away. dx is set, or left alone where it has no data; dx may be dy.
func (l *LayerNorm) Backward(dx blas32.General, grad *LayerNorm, m *Moments, dy, x blas32.General) {
	m.work = normWork{norm: l, grad: grad, m: m, x: x, dx: dx, dy: dy}
	if grad.Weight != nil {
		f32.Run(x.Cols, 32, (*normGradient)(&m.work))
	}
	if dx.Data != nil {
		f32.Run(x.Rows, 16, (*normBackward)(&m.work))
	}
}

type normBackward normWork

// Do sets the rows [lo,hi) of dx.
func (w *normBackward) Do(lo, hi int) {
	weight := w.norm.Weight
	for i := lo; i < hi; i++ {
		x, dx, dy := f32.Row(w.x, i), f32.Row(w.dx, i), f32.Row(w.dy, i)
		mean, rstd := w.m.Mean[i], w.m.Rstd[i]
		var sumG, sumGX float32
		for j, d := range dy {
			g := d * weight[j]
			sumG += g
			sumGX += g * (x[j] - mean) * rstd
		}
		meanG, meanGX := sumG/float32(len(x)), sumGX/float32(len(x))
		for j, d := range dy {
			dx[j] = rstd * (d*weight[j] - meanG - (x[j]-mean)*rstd*meanGX)
		}
	}
}

type normGradient normWork

// Do adds up the columns [lo,hi) of dweight and dbias: the sum over rows is
// never shared between cores, so its order is always the same.
func (w *normGradient) Do(lo, hi int) {
	for i := range w.x.Rows {
		x, dy := f32.Row(w.x, i), f32.Row(w.dy, i)
		mean, rstd := w.m.Mean[i], w.m.Rstd[i]
		for j := lo; j < hi; j++ {
			w.grad.Weight[j] += dy[j] * (x[j] - mean) * rstd
			w.grad.Bias[j] += dy[j]
		}
	}
}
