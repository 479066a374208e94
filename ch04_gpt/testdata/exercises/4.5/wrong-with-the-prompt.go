package gpt

func WriteUntil(m *Model, prompt []int, end, limit int) []int {
	var written []int
	if limit < 1 {
		return nil
	}
	written = append(written, prompt...)
	for id := range m.Greedy(prompt) {
		if id == end {
			break
		}
		written = append(written, id)
		if len(written) == len(prompt)+limit {
			break
		}
	}
	return written
}
