package gpt

import (
	"math"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// The constants of GELU's tanh form (Hendrycks and Gimpel 2016, section 2),
// which GPT-2 was trained with.
const (
	geluScale = 0.7978845608028654 // √(2/π)
	geluCubic = 0.044715
)

// GELU is a bend at zero, but a smooth one: nearly 0 on the far left, nearly x
// on the far right, and slightly negative between:
//
//	gelu(x) = ½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))
func GELU(x float32) float32 {
	return 0.5 * x * (1 + f32.Tanh(geluScale*(x+geluCubic*x*x*x)))
}

// GELUSlope is the derivative of [GELU]. With u = √(2/π)(x + 0.044715 x³) and
// t = tanh(u), whose derivative is 1 - t²:
//
//	gelu'(x) = ½ (1 + t) + ½ x (1 - t²) √(2/π) (1 + 3·0.044715 x²)
func GELUSlope(x float32) float32 {
	t := f32.Tanh(geluScale * (x + geluCubic*x*x*x))
	return 0.5*(1+t) + 0.5*x*(1-t*t)*geluScale*(1+3*geluCubic*x*x)
}

// ReLU, max(0, x), is the bend most networks used before.
func ReLU(x float32) float32 { return float32(math.Max(0, float64(x))) }

// geluWork is what a pass hands to all cores.
type geluWork struct{ y, x, dx, dy []float32 }

// geluBlock is how many values are bent at once. One by one, the hyperbolic
// tangents would cost a small model as much time as its matrix products.
const geluBlock = 256

// geluTanh sets t to the tanh in the GELU of each x.
func geluTanh(t, x []float32) {
	for i, v := range x {
		t[i] = geluScale * (v + geluCubic*v*v*v)
	}
	f32.TanhEach(t, t)
}

type geluForward geluWork

// Do sets the elements [lo,hi) of y to [GELU] of those of x.
func (w *geluForward) Do(lo, hi int) {
	var buffer [geluBlock]float32
	for ; lo < hi; lo += geluBlock {
		x := w.x[lo:min(lo+geluBlock, hi)]
		y, t := w.y[lo:lo+len(x)], buffer[:len(x)]
		geluTanh(t, x)
		for i, v := range x {
			y[i] = 0.5 * v * (1 + t[i])
		}
	}
}

type geluBackward geluWork

// Do sets the elements [lo,hi) of dx to those of dy times [GELUSlope] of x.
func (w *geluBackward) Do(lo, hi int) {
	var buffer [geluBlock]float32
	for ; lo < hi; lo += geluBlock {
		x := w.x[lo:min(lo+geluBlock, hi)]
		dx, dy, t := w.dx[lo:lo+len(x)], w.dy[lo:lo+len(x)], buffer[:len(x)]
		geluTanh(t, x)
		for i, v := range x {
			slope := 0.5*(1+t[i]) + 0.5*v*(1-t[i]*t[i])*geluScale*(1+3*geluCubic*v*v)
			dx[i] = dy[i] * slope
		}
	}
}
