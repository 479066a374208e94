package gpt

func WriteUntil(m *Model, prompt []int, end, limit int) []int {
	var written []int
	if limit < 1 {
		return nil
	}
	for id := range m.Greedy(prompt[:1]) {
		if id == end {
			break
		}
		written = append(written, id)
		if len(written) == limit {
			break
		}
	}
	return written
}
