package tokens

func MergePairs(m Merge, ids []int) []int {
	var merged []int
	for i := 0; i+1 < len(ids); i++ {
		if ids[i] == m.Left && ids[i+1] == m.Right {
			merged = append(merged, m.Token)
			i++
		} else {
			merged = append(merged, ids[i])
		}
	}
	return merged
}
