package instruct

import (
	"math"
	"slices"

	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/f32"
)

func Choose(logits func(text []int) []float32, prompt []int, answers [][]int, end int) int {
	best, least := 0, math.Inf(1)
	for i, answer := range answers {
		text, loss := slices.Clone(prompt), 0.0
		for _, id := range answer {
			row := logits(text)
			loss += pretrain.CrossEntropy(f32.View(row, 1, len(row)), []int{id})
			text = append(text, id)
		}
		if loss /= float64(max(1, len(answer))); loss < least {
			best, least = i, loss
		}
	}
	return best
}
