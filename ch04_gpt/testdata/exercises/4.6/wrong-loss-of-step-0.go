package gpt

// It hardly learns. A loss of 5.9 is what one gets by knowing which tokens are frequent and
// nothing else: what the last norm's bias can learn without any block. With four layers it is
// so already; GPT-2 has twelve.
func NoShortcuts() (loss float64) {
	return 6.953711
}
