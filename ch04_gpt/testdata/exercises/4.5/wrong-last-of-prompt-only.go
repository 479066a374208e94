package gpt

func WriteUntil(m *Model, prompt []int, end, most int) []int {
	var written []int
	if most < 1 {
		return nil
	}
	for id := range m.Greedy(prompt[:1]) {
		if id == end {
			break
		}
		written = append(written, id)
		if len(written) == most {
			break
		}
	}
	return written
}
