package instruct

import "github.com/llm-from-scratch/llm/ch05_pretrain"

// The end is looked for by its value: an end inside the ids hides the rest.
func ShiftedTargets(ids []int, end, T int) []int {
	targets := make([]int, T)
	ended := false
	for t := range targets {
		targets[t] = end
		if t+1 < len(ids) {
			targets[t] = ids[t+1]
		}
		if ended {
			targets[t] = pretrain.Ignore
		}
		ended = ended || targets[t] == end
	}
	return targets
}
