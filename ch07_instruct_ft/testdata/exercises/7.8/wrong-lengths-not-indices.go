package instruct

import (
	"slices"
)

func FewestPlaces(lengths []int, size int) [][]int {
	return slices.Collect(slices.Chunk(slices.Sorted(slices.Values(lengths)), size))
}
