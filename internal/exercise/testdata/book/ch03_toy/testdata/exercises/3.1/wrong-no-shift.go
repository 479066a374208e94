package toy

import "math"

func Weights(scores []float32) []float32 {
	weights := make([]float32, len(scores))
	sum := float32(0)
	for i, s := range scores {
		weights[i] = float32(math.Exp(float64(s)))
		sum += weights[i]
	}
	for i := range weights {
		weights[i] /= sum
	}
	return weights
}
