package prompts

import "slices"

// Of a word the blank before it is a part.
func EndIDs(encode func(text string) []int, context, answer string) []int {
	cut := context
	answer = context[len(cut):] + answer
	start, whole := encode(cut), encode(cut+answer)
	if len(whole) > len(start) && slices.Equal(whole[:len(start)], start) {
		return whole[len(start):]
	}
	return encode(answer)
}
