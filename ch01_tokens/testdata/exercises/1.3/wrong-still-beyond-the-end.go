package tokens

import "slices"

func MergePairs(m Merge, ids []int) []int {
	ids = slices.Clone(ids)
	for i := 0; i < len(ids); i++ {
		if ids[i] == m.Left && ids[i+1] == m.Right {
			ids[i] = m.Token
			ids = append(ids[:i+1], ids[i+2:]...)
		}
	}
	return ids
}
