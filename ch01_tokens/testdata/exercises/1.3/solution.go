package tokens

func MergePairs(m Merge, ids []int) []int {
	var merged []int // the first mistake was to write into the caller's ids
	for i := 0; i < len(ids); i++ {
		if i+1 < len(ids) && ids[i] == m.Left && ids[i+1] == m.Right { // the second, to look beyond the last id
			merged = append(merged, m.Token)
			i++
		} else {
			merged = append(merged, ids[i])
		}
	}
	return merged
}
