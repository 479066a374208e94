package instruct

import "slices"

func WhatMustGo(preamble int, exchanges []int, question, room, context int) int {
	over := preamble + question + room - context
	sorted := slices.Clone(exchanges)
	slices.Sort(sorted)
	for _, tokens := range exchanges {
		over += tokens
	}
	n := 0
	for over > 0 {
		if n == len(sorted) {
			return -1
		}
		n++
		over -= sorted[len(sorted)-n]
	}
	return n
}
