package pretrain

import (
	"math"

	"github.com/llm-from-scratch/llm/internal/f32"
)

func RowLoss(logits []float32, target int) float64 {
	largest, sum := max(0, f32.Max(logits)), 0.0
	for _, l := range logits {
		sum += math.Exp(float64(l - largest))
	}
	return math.Log(sum) + float64(largest) - float64(logits[target])
}
