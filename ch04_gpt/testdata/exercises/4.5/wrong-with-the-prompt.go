package gpt

func WriteUntil(m *Model, prompt []int, end, most int) []int {
	var written []int
	if most < 1 {
		return nil
	}
	written = append(written, prompt...)
	for id := range m.Greedy(prompt) {
		if id == end {
			break
		}
		written = append(written, id)
		if len(written) == len(prompt)+most {
			break
		}
	}
	return written
}
