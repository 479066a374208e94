package tokens

func EncodePiece(merges []Merge, piece string) []int {
	rank := map[[2]int]int{}
	for i, m := range merges {
		rank[[2]int{m.Left, m.Right}] = i
	}
	var ids []int
	for _, c := range []byte(piece) {
		ids = append(ids, int(c))
	}
	for range 1 {
		best := len(merges)
		for i := 1; i < len(ids); i++ {
			if r, ok := rank[[2]int{ids[i-1], ids[i]}]; ok && r < best {
				best = r
			}
		}
		if best == len(merges) {
			return ids
		}
		ids = merges[best].Apply(ids)
	}
	return ids
}
