package prompts

import (
	"slices"
	"strings"
)

// Of a word the blank before it is a part.
func EndIDs(encode func(text string) []int, context, answer string) []int {
	cut := strings.TrimRight(context, " ")
	answer = strings.TrimLeft(answer, " ")
	start, whole := encode(cut), encode(cut+answer)
	if len(whole) > len(start) && slices.Equal(whole[:len(start)], start) {
		return whole[len(start):]
	}
	return encode(answer)
}
