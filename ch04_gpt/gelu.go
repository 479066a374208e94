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
//
// The conversions in it and in [GELUSlope] round a product on its own, or some
// processors would fuse it with the sum that follows and differ in the last bit.
func GELU(x float32) float32 {
	return 0.5 * x * (1 + geluTanh(x))
}

func geluTanh(x float32) float32 {
	return f32.Tanh(geluScale * (x + float32(geluCubic*x*x*x)))
}

// GELUSlope is the derivative of [GELU]. With u = √(2/π)(x + 0.044715 x³) and
// t = tanh(u), whose derivative is 1 - t²:
//
//	gelu'(x) = ½ (1 + t) + ½ x (1 - t²) √(2/π) (1 + 3·0.044715 x²)
func GELUSlope(x float32) float32 {
	t := geluTanh(x)
	return float32(0.5*(1+t)) + float32(0.5*x*(1-float32(t*t))*geluScale*(1+float32(3*geluCubic*x*x)))
}

// ReLU, max(0, x), is the bend most networks used before.
func ReLU(x float32) float32 { return float32(math.Max(0, float64(x))) }
