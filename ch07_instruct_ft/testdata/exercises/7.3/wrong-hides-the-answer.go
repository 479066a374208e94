package instruct

import (
	"slices"

	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// The wrong side is hidden: the model learns to ask.
func MaskedTargets(targets []int, asked int) []int {
	masked := slices.Clone(targets)
	for t := range masked {
		if t+1 >= asked {
			masked[t] = pretrain.Ignore
		}
	}
	return masked
}
