package gpt

import "math"

// By the chain rule, the slope of σ(x) = 1/(1+exp(-x)) is exp(-x)/(1+exp(-x))², which
// is σ(x)·(1-σ(x)). By the product rule, that of x·σ(x) is σ(x) + x·σ(x)·(1-σ(x)).
func SiLUBackward(dy, x []float32) []float32 {
	dx := make([]float32, len(x))
	for i, v := range x {
		sigma := 1 / (1 + math.Exp(-float64(v)))
		dx[i] = dy[i] * float32(float64(v)*sigma)
	}
	return dx
}
