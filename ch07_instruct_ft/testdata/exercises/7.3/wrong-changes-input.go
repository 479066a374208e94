package instruct

import "github.com/llm-from-scratch/llm/ch05_pretrain"

// The targets that were given are changed.
func MaskedTargets(targets []int, asked int) []int {
	for t := 0; t+1 < asked && t < len(targets); t++ {
		targets[t] = pretrain.Ignore
	}
	return targets
}
