package pretrain

import (
	"math"
)

func RowLoss(logits []float32, target int) float64 {
	var sum float32
	for _, l := range logits {
		sum += float32(math.Exp(float64(l)))
	}
	p := float32(math.Exp(float64(logits[target]))) / sum
	return -math.Log(float64(p))
}
