package tokens

func Expand(merges []Merge, ids []int) string {
	var text []byte
	for _, id := range ids {
		if id < 256 {
			text = append(text, string(rune(id))...)
			continue
		}
		for _, m := range merges {
			if m.Token == id {
				text = append(text, Expand(merges, []int{m.Left, m.Right})...)
			}
		}
	}
	return string(text)
}
