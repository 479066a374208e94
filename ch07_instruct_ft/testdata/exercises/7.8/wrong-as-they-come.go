package instruct

import (
	"slices"
)

func FewestPlaces(lengths []int, size int) [][]int {
	order := make([]int, len(lengths))
	for i := range order {
		order[i] = i
	}
	return slices.Collect(slices.Chunk(order, size))
}
