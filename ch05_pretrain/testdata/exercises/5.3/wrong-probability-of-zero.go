package pretrain

import (
	"math"
	"slices"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
)

func RowLoss(logits []float32, target int) float64 {
	p := slices.Clone(logits)
	attention.Softmax(p)
	return -math.Log(float64(p[target]))
}
