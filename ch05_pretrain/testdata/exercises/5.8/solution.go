package pretrain

import (
	"slices"

	"github.com/llm-from-scratch/llm/ch03_attention"
)

func SmoothedBackward(logits []float32, target int, smoothing float32) []float32 {
	grad := slices.Clone(logits)
	attention.Softmax(grad)
	for j := range grad {
		grad[j] -= smoothing / float32(len(grad))
	}
	grad[target] -= 1 - smoothing
	return grad
}
