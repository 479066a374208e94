package pretrain

import (
	"math"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// GradNorm is the length of all gradients taken as one long vector.
func GradNorm(grads []gpt.Param) float64 {
	var sum float64
	for _, g := range grads {
		sum += f32.SquaredNorm(g.Data)
	}
	return math.Sqrt(sum)
}

// ClipScale is the factor that brings gradients of length norm down to most
// (Pascanu, Mikolov, Bengio 2013), and 1 where they are not longer or most is
// 0. The direction stays.
func ClipScale(norm, most float64) float64 {
	if most == 0 {
		return 1
	}
	return min(1, most/(norm+1e-6))
}
