package tokens

import "unicode/utf8"

func Truncate(b *BPE, ids []int, n int) []int {
	n = min(n, len(ids))
	for n > 0 {
		r, size := utf8.DecodeLastRuneInString(b.Decode(ids[:n]))
		if r != utf8.RuneError || size > 1 {
			break
		}
		n--
	}
	return ids[:n]
}
