package embeddings

import "slices"

func UnfairPaths() []int {
	paths := make([]int, 6)
	orders := [][3]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}
	for path := range 27 {
		draws := [3]int{path % 3, path / 3 % 3, path / 9} // of places 2, 1 and 0
		order := [3]int{0, 1, 2}
		for step, j := range draws {
			i := 2 - step
			order[j] = order[i]
		}
		if at := slices.Index(orders, order); at >= 0 {
			paths[at]++
		}
	}
	return paths
}
