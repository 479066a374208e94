package tokens

import "unicode/utf8"

func Truncate(b *BPE, ids []int, n int) []int {
	n = min(n, len(ids))
	text := b.Decode(ids[:n])
	if r, _ := utf8.DecodeLastRuneInString(text); n > 0 && r == utf8.RuneError {
		n--
	}
	return ids[:n]
}
