package instruct

// The padding is learned as well: the end, again and again.
func ShiftedTargets(ids []int, end, T int) []int {
	targets := make([]int, T)
	for t := range targets {
		targets[t] = end
		if t+1 < len(ids) {
			targets[t] = ids[t+1]
		}
	}
	return targets
}
