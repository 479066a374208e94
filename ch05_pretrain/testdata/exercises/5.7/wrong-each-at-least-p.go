package pretrain

import (
	"slices"
)

func Nucleus(probabilities []float64, p float64) []float64 {
	nucleus, sum := make([]float64, len(probabilities)), 0.0
	for id, q := range probabilities {
		if q >= p*slices.Max(probabilities) {
			nucleus[id] = q
			sum += q
		}
	}
	for id := range nucleus {
		nucleus[id] /= sum
	}
	return nucleus
}
