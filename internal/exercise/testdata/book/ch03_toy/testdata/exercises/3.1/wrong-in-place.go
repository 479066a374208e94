package toy

import (
	"math"
	"slices"
)

func Weights(scores []float32) []float32 {
	top, sum := slices.Max(scores), float32(0)
	for i, s := range scores {
		scores[i] = float32(math.Exp(float64(s - top)))
		sum += scores[i]
	}
	for i := range scores {
		scores[i] /= sum
	}
	return scores
}
