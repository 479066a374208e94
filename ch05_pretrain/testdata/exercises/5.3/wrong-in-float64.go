package pretrain

import (
	"math"
)

func RowLoss(logits []float32, target int) float64 {
	var sum float64
	for _, l := range logits {
		sum += math.Exp(float64(l))
	}
	return math.Log(sum) - float64(logits[target])
}
