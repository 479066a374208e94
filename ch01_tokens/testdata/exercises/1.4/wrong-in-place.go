package tokens

func NextMerge(ids []int, token int) []int {
	count := make(map[[2]int]int)
	for i := 1; i < len(ids); i++ {
		count[[2]int{ids[i-1], ids[i]}]++
	}
	var best [2]int
	most := 1
	for i := 1; i < len(ids); i++ {
		p := [2]int{ids[i-1], ids[i]}
		if count[p] > most { // not >=: the first of equals stays
			best, most = p, count[p]
		}
	}
	merged := ids[:0]
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
