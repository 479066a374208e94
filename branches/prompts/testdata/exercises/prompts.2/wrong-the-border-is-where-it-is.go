package prompts

import "strings"

// Of a word the blank before it is a part.
func EndIDs(encode func(text string) []int, context, answer string) []int {
	cut := strings.TrimRight(context, " ")
	answer = context[len(cut):] + answer
	start, whole := encode(cut), encode(cut+answer)
	return whole[min(len(start), len(whole)):]
}
