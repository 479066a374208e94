package instruct

import (
	"cmp"
	"slices"
)

func FewestPlaces(lengths []int, size int) [][]int {
	order := make([]int, len(lengths))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(lengths[b], lengths[a]) })
	return slices.Collect(slices.Chunk(order, size))
}
