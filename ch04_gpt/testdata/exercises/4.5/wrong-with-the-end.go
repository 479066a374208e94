package gpt

func WriteUntil(m *Model, prompt []int, end, limit int) []int {
	var written []int
	if limit < 1 {
		return nil
	}
	for id := range m.Greedy(prompt) {
		written = append(written, id)
		if id == end {
			break
		}
		if len(written) == limit {
			break
		}
	}
	return written
}
