package instruct

import "github.com/llm-from-scratch/llm/ch05_pretrain"

// The end is ignored with the padding, so the model never learns to stop.
func ShiftedTargets(ids []int, end, T int) []int {
	targets := make([]int, T)
	for t := range targets {
		targets[t] = pretrain.Ignore
		if t+1 < len(ids) {
			targets[t] = ids[t+1]
		}
	}
	return targets
}
