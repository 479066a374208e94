package instruct

func WhatMustGo(preamble int, exchanges []int, question, room, context int) int {
	total := preamble + question + room
	for _, tokens := range exchanges {
		total += tokens
	}
	for i, tokens := range exchanges {
		if total <= context {
			return i
		}
		total -= tokens
	}
	if total <= context {
		return len(exchanges)
	}
	return len(exchanges)
}
