package tokens

import "unicode/utf8"

func Truncate(b *BPE, ids []int, n int) []int {
	n = min(n, len(ids))
	for n > 0 && midCharacter(b.Decode(ids[max(0, n-4):n])) {
		n--
	}
	return ids[:n]
}

// midCharacter reports whether text ends with a character that is not
// complete. Every token has a byte or more, so four tokens hold a whole one.
func midCharacter(text string) bool {
	for i := len(text) - 1; i >= 0 && i >= len(text)-4; i-- {
		if utf8.RuneStart(text[i]) {
			return !utf8.FullRuneInString(text[i:])
		}
	}
	return false
}
