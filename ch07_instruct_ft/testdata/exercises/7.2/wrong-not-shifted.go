package instruct

import "github.com/llm-from-scratch/llm/ch05_pretrain"

// The target of a place is the id at that place: the model learns to copy.
func ShiftedTargets(ids []int, end, T int) []int {
	targets := make([]int, T)
	for t := range targets {
		switch {
		case t < len(ids):
			targets[t] = ids[t]
		case t == len(ids):
			targets[t] = end
		default:
			targets[t] = pretrain.Ignore
		}
	}
	return targets
}
