package tokens

func NextMerge(ids []int, token int) []int {
	count := make(map[[2]int]int)
	for i := 1; i < len(ids); i++ {
		count[[2]int{ids[i-1], ids[i]}]++
	}
	var best [2]int
	most := 1
	for p, n := range count {
		if n > most || n == most && n > 1 && (p[0] < best[0] || p[0] == best[0] && p[1] < best[1]) {
			best, most = p, n
		}
	}
	var merged []int
	for i := 0; i < len(ids); i++ {
		if most > 1 && i+1 < len(ids) && best == [2]int{ids[i], ids[i+1]} {
			merged = append(merged, token)
			i++
		} else {
			merged = append(merged, ids[i])
		}
	}
	return merged
}
