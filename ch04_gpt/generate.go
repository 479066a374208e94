package gpt

import "iter"

const emptyPrompt = "gpt: a prompt needs at least one id"

// Continue yields the ids that pick chooses, one after another, without end:
// each from the logits (V) of the text so far, prompt included. The text is cut
// to the last Context ids whenever it is longer; from then on every token reads
// the whole window again, since each of its positions has moved.
func (m *Model) Continue(prompt []int, pick func(logits []float32) int) iter.Seq[int] {
	if len(prompt) == 0 {
		panic(emptyPrompt)
	}
	return func(yield func(int) bool) {
		window := make([]int, 0, m.Config.Context)
		window = append(window, prompt[max(0, len(prompt)-m.Config.Context):]...)
		cache := NewCache(m.Config)
		logits := m.Extend(cache, window)
		for {
			id := pick(logits)
			if !yield(id) {
				return
			}
			if len(window) < m.Config.Context {
				window = append(window, id)
				logits = m.Extend(cache, window[len(window)-1:])
				continue
			}
			copy(window, window[1:])
			window[len(window)-1] = id
			cache.Reset()
			logits = m.Extend(cache, window)
		}
	}
}

// Greedy is [Model.Continue] with the likeliest token every time.
func (m *Model) Greedy(prompt []int) iter.Seq[int] {
	return m.Continue(prompt, Argmax)
}

// Argmax returns the index of the largest value, the first of equals.
func Argmax(values []float32) int {
	best := 0
	for i, v := range values {
		if v > values[best] {
			best = i
		}
	}
	return best
}
