package gpt

import "slices"

func WriteUntil(m *Model, prompt []int, end, limit int) []int {
	var written []int
	if limit < 1 {
		return nil
	}
	if slices.Contains(prompt, end) {
		return nil
	}
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
