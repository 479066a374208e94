package tokens

import "unicode/utf8"

func Truncate(b *BPE, ids []int, n int) []int {
	n = min(n, len(ids))
	for n > 0 && !utf8.ValidString(b.Decode(ids[:n])) {
		n--
	}
	return ids[:n]
}
