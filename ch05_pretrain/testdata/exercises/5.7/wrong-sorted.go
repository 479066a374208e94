package pretrain

import (
	"cmp"
	"slices"
)

func Nucleus(probabilities []float64, p float64) []float64 {
	ids := make([]int, len(probabilities))
	for id := range ids {
		ids[id] = id
	}
	slices.SortStableFunc(ids, func(a, b int) int { return cmp.Compare(probabilities[b], probabilities[a]) })
	nucleus, sum := make([]float64, len(probabilities)), 0.0
	for i, id := range ids {
		if i > 0 && sum >= p {
			break
		}
		nucleus[i] = probabilities[id]
		sum += probabilities[id]
	}
	for id := range nucleus {
		nucleus[id] /= sum
	}
	return nucleus
}
