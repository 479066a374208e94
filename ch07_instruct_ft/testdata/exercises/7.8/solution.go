package instruct

import (
	"cmp"
	"math"
	"slices"
)

// Sort by length: then the batches of a best way are stretches of neighbours, for if two batches
// cross, they can exchange entries so that neither gets wider. What is left to find is where to
// cut. places[b][i] are the fewest places of the i shortest in b batches: the last of these takes
// 1 to size entries, as wide as entry i, and what is before it is known already.
func FewestPlaces(lengths []int, size int) [][]int {
	order := make([]int, len(lengths))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(lengths[a], lengths[b]) })
	n, k := len(order), (len(order)+size-1)/size
	places, taken := make([][]int, k+1), make([][]int, k+1)
	for b := range places {
		places[b], taken[b] = make([]int, n+1), make([]int, n+1)
		for i := range places[b] {
			if b == 0 && i == 0 {
				continue // no places for no entries
			}
			places[b][i] = math.MaxInt / 2 // impossible, until a way is found
			for take := 1; b > 0 && take <= min(size, i); take++ {
				sum := places[b-1][i-take] + take*lengths[order[i-1]]
				if sum < places[b][i] {
					places[b][i], taken[b][i] = sum, take
				}
			}
		}
	}
	var batches [][]int
	for b, i := k, n; b > 0; b-- {
		batches = append(batches, order[i-taken[b][i]:i])
		i -= taken[b][i]
	}
	return batches
}
