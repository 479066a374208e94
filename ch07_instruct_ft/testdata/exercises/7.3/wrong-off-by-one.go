package instruct

import (
	"slices"

	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// One target too many is hidden: the first id of the answer is never learned.
func MaskedTargets(targets []int, asked int) []int {
	masked := slices.Clone(targets)
	for t := range masked {
		if t < asked {
			masked[t] = pretrain.Ignore
		}
	}
	return masked
}
