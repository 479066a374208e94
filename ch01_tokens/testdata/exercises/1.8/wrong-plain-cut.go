package tokens

func Truncate(b *BPE, ids []int, n int) []int {
	return ids[:min(n, len(ids))]
}
