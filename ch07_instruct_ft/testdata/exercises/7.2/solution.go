package instruct

import "github.com/llm-from-scratch/llm/ch05_pretrain"

func ShiftedTargets(ids []int, end, T int) []int {
	targets := make([]int, T)
	for t := range targets {
		switch next := t + 1; {
		case next < len(ids):
			targets[t] = ids[next]
		case next == len(ids):
			targets[t] = end
		default:
			targets[t] = pretrain.Ignore
		}
	}
	return targets
}
