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
	nucleus, sum := probabilities, 0.0
	for i, id := range ids {
		if i > 0 && sum >= p {
			nucleus[id] = 0
			continue
		}
		sum += probabilities[id]
	}
	for id := range nucleus {
		nucleus[id] /= sum
	}
	return nucleus
}
