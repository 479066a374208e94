package toy

import (
	"math"
	"slices"
)

func Weights(scores []float32) []float32 {
	weights := make([]float32, len(scores))
	top, sum := slices.Max(scores), float32(0)
	for i, s := range scores {
		weights[i] = float32(math.Exp(float64(s - top)))
		sum += weights[i]
	}
	for i := range weights {
		weights[i] /= sum
	}
	return weights
}
