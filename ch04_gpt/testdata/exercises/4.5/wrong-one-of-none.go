package gpt

func WriteUntil(m *Model, prompt []int, end, limit int) []int {
	var written []int
	for id := range m.Greedy(prompt) {
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
