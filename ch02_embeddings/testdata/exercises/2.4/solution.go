package embeddings

// A window that begins at place at has the targets at+1 to at+length, and the
// last of these must still be in the text.
func TargetCounts(n, length, stride int) []int {
	counts := make([]int, n)
	for at := 0; at+length < n; at += stride {
		for place := at + 1; place <= at+length; place++ {
			counts[place]++
		}
	}
	return counts
}
