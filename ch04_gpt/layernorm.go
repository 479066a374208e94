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
	f32.Run(x.Rows, 16, (*normForward)(&m.work).Do)
}

type normForward normWork

// Do normalises the rows [lo,hi).
func (w *normForward) Do(lo, hi int) {
	weight, bias := w.norm.Weight, w.norm.Bias
	for i := lo; i < hi; i++ {
		x, y := f32.Row(w.x, i), f32.Row(w.y, i)
		mean := f32.Sum(x) / float32(len(x))
		f32.Shift(y, x, -mean)
		variance := float64(f32.Dot(y, y)) / float64(len(x))
		rstd := float32(1 / math.Sqrt(variance+epsilon))
		f32.Scale(rstd, y)
		f32.Mul(y, y, weight)
		f32.Add(y, bias)
		w.m.Mean[i], w.m.Rstd[i] = mean, rstd
	}
}

// Backward undoes y = x̂·weight + bias with x̂ = (x - mean)·rstd. With
// g = dy·weight, and every row's mean written as ⟨ ⟩:
//
//	dx = rstd·(g - ⟨g⟩ - x̂·⟨g·x̂⟩)    dweight += Σ_rows dy·x̂    dbias += Σ_rows dy
//
// The two subtractions are what mean and rstd, which depend on x too, take
// away. dx is set, or left alone where it has no data.
func (l *LayerNorm) Backward(dx blas32.General, grad *LayerNorm, m *Moments, dy, x blas32.General) {
	m.work = normWork{norm: l, grad: grad, m: m, x: x, dx: dx, dy: dy}
	if grad.Weight != nil {
		f32.Run(x.Cols, normColumns, (*normGradient)(&m.work).Do)
	}
	if dx.Data != nil {
		f32.Run(x.Rows, 16, (*normBackward)(&m.work).Do)
	}
}

type normBackward normWork

// Do sets the rows [lo,hi) of dx.
func (w *normBackward) Do(lo, hi int) {
	weight := w.norm.Weight
	for i := lo; i < hi; i++ {
		x, dx, dy := f32.Row(w.x, i), f32.Row(w.dx, i), f32.Row(w.dy, i)
		C := float32(len(x))
		meanG := f32.Dot(dy, weight) / C
		w.m.hat(dx, x, i)
		f32.Mul(dx, dx, weight)
		meanGX := f32.Dot(dy, dx) / C // dy·(x̂·weight) is g·x̂

		w.m.hat(dx, x, i)
		f32.Scale(-meanGX, dx)
		f32.Shift(dx, dx, -meanG)
		f32.MulAdd(dx, dy, weight)
		f32.Scale(w.m.Rstd[i], dx)
	}
}

// hat sets dst to x̂ for x, some columns of row i.
func (m *Moments) hat(dst, x []float32, i int) {
	f32.Shift(dst, x, -m.Mean[i])
	f32.Scale(m.Rstd[i], dst)
}

type normGradient normWork

// normColumns is how many columns one core sums at a time.
const normColumns = 64

// Do adds up the columns [lo,hi) of dweight and dbias: the sum over rows is
// never shared between cores, so its order is always the same.
func (w *normGradient) Do(lo, hi int) {
	var buffer [normColumns]float32
	hat := buffer[:hi-lo]
	for i := range w.x.Rows {
		x, dy := f32.Row(w.x, i)[lo:hi], f32.Row(w.dy, i)[lo:hi]
		w.m.hat(hat, x, i)
		f32.MulAdd(w.grad.Weight[lo:hi], dy, hat)
		f32.Add(w.grad.Bias[lo:hi], dy)
	}
}
