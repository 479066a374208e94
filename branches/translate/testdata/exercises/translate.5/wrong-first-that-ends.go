package translate

import (
	"math"
	"slices"
)

// All open texts compete with each other, and those that end take a place in the beam too.
func BeamSearch(next func(text []int) []float64, width, most int, alpha float64) []int {
	type begun struct {
		ids []int
		sum float64
	}
	open := []begun{{}}
	var best []int
	score := math.Inf(-1)
	for round := 0; round < most && len(open) > 0; round++ {
		var candidates []begun
		for _, text := range open {
			for id, log := range next(text.ids) {
				candidates = append(candidates, begun{append(slices.Clone(text.ids), id), text.sum + log})
			}
		}
		slices.SortFunc(candidates, func(a, b begun) int {
			if a.sum > b.sum {
				return -1
			}
			return 1
		})
		open = nil
		for _, text := range candidates[:min(width, len(candidates))] {
			if text.ids[len(text.ids)-1] != 0 {
				open = append(open, text)
			} else if s := text.sum / math.Pow(float64(len(text.ids)), alpha); s > score {
				return text.ids
			}
		}
	}
	return best
}
