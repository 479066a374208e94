package embeddings

func TargetCounts(n, length, stride int) []int {
	counts := make([]int, n)
	for at := 0; at+length < n; at += stride {
		for place := at; place < at+length; place++ {
			counts[place]++
		}
	}
	return counts
}
