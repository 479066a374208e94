package instruct

func WhatMustGo(preamble int, exchanges []int, question, room, context int) int {
	total := preamble + question + room
	for _, tokens := range exchanges {
		total += tokens
	}
	for i := range exchanges {
		if total <= context {
			return i
		}
		total -= exchanges[len(exchanges)-1-i]
	}
	if total <= context {
		return len(exchanges)
	}
	return -1
}
