package tokens

func MergePairs(m Merge, ids []int) []int {
	// The first mistake was to write into the ids of the caller.
	var merged []int
	for i := 0; i < len(ids); i++ {
		// The second was to look beyond the last id.
		if i+1 < len(ids) && ids[i] == m.Left && ids[i+1] == m.Right {
			merged = append(merged, m.Token)
			i++
		} else {
			merged = append(merged, ids[i])
		}
	}
	return merged
}
