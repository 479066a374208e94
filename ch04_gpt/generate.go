package gpt

import "iter"

const emptyPrompt = "gpt: a prompt needs at least one id"

// A Decoder is what writing takes: a [Model], or one whose weights have another
// form.
type Decoder interface {
	Shape() Config
	NewCache() *Cache
	Extend(c *Cache, ids []int) []float32
}

// Continue yields the ids that pick chooses, one after another, without end:
// each from the logits (V) of the text so far, prompt included, and from that
// text. The text is cut to the last Context ids whenever it is longer; from then
// on every token reads the whole window again, since each of its positions has
// moved. Pick may change the logits, but not the text, and keeps neither.
//
// The cache is m's. It may have read the beginning of the prompt, but not all of
// it, and belongs to the loop: it is all that changes.
func Continue(m Decoder, cache *Cache, prompt []int, pick func(logits []float32, text []int) int) iter.Seq[int] {
	if len(prompt) == 0 {
		panic(emptyPrompt)
	}
	return func(yield func(int) bool) {
		most := m.Shape().Context
		window := make([]int, 0, most)
		window = append(window, prompt[max(0, len(prompt)-most):]...)
		logits := m.Extend(cache, window[cache.Len():])
		for {
			id := pick(logits, window)
			if !yield(id) {
				return
			}
			if len(window) < most {
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

// Greedy is [Continue] with the likeliest token every time.
func (m *Model) Greedy(prompt []int) iter.Seq[int] {
	return Continue(m, m.NewCache(), prompt, func(logits []float32, _ []int) int { return Argmax(logits) })
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
