package pretrain

import (
	"cmp"
	"math"
	"slices"
)

func BeamSearch(logits func(text []int) []float32, prompt []int, n, width int) []int {
	type beam struct {
		ids []int
		sum float64 // of log p
	}
	beams := []beam{{}}
	for range n {
		var longer []beam
		for _, b := range beams {
			row := logits(slices.Concat(prompt, b.ids))
			all := logSumExp(row)
			for id, l := range row {
				longer = append(longer, beam{slices.Concat(b.ids, []int{id}), b.sum + float64(l) - all})
			}
		}
		slices.SortStableFunc(longer, func(a, b beam) int { return cmp.Compare(b.sum, a.sum) })
		beams = longer[:min(width, len(longer))]
	}
	return beams[0].ids
}

func logSumExp(row []float32) float64 {
	largest, sum := float32(0), 0.0
	for _, l := range row {
		sum += math.Exp(float64(l - largest))
	}
	return float64(largest) + math.Log(sum)
}
