package tokens

func MergePairs(m Merge, ids []int) []int {
	for i := 0; i+1 < len(ids); i++ {
		if ids[i] == m.Left && ids[i+1] == m.Right {
			ids[i] = m.Token
			ids = append(ids[:i+1], ids[i+2:]...)
		}
	}
	return ids
}
