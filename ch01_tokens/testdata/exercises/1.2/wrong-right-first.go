package tokens

func Expand(merges []Merge, ids []int) string {
	var text []byte
	for _, id := range ids {
		if id < 256 {
			text = append(text, byte(id)) // not string(rune(id)), which is two bytes from 128 on
			continue
		}
		for _, m := range merges {
			if m.Token == id {
				text = append(text, Expand(merges, []int{m.Right, m.Left})...)
			}
		}
	}
	return string(text)
}
