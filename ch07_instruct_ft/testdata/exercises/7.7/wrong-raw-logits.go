package instruct

import (
	"math"
	"slices"
)

func Choose(logits func(text []int) []float32, prompt []int, answers [][]int, end int) int {
	best, least := 0, math.Inf(1)
	for i, answer := range answers {
		text, loss := slices.Clone(prompt), 0.0
		for _, id := range slices.Concat(answer, []int{end}) {
			row := logits(text)
			loss += -float64(row[id])
			text = append(text, id)
		}
		if loss /= float64(len(answer) + 1); loss < least {
			best, least = i, loss
		}
	}
	return best
}
