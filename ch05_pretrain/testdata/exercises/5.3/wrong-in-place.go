package pretrain

import (
	"math"

	"github.com/llm-from-scratch/llm/internal/f32"
)

func RowLoss(logits []float32, target int) float64 {
	largest, sum := f32.Max(logits), 0.0
	for j := range logits {
		logits[j] -= largest
		sum += math.Exp(float64(logits[j]))
	}
	return math.Log(sum) - float64(logits[target])
}
