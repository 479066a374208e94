package gpt

import "iter"

const emptyPrompt = "gpt: a prompt needs at least one id"

// A Decoder is what writing takes: a [Model], or any other that predicts the next
// token.
type Decoder interface {
	Sizes() Sizes
	NewCache() Cache
}

// Sizes are those that whoever trains or asks a model has to know.
type Sizes struct{ Vocab, Context, Width, Layers int }

// A Cache is a text that a decoder has read, such as a [KVCache].
type Cache interface {
	Len() int                   // in tokens
	Truncate(n int)             // forgets all but the first n
	Extend(ids []int) []float32 // reads on; the logits (V) of the next token, until the next use
}

// Continue yields the ids that pick chooses, one after another, without end:
// each from the logits (V) of the text so far, prompt included, and from that
// text. The text is cut to the last Context ids whenever it is longer; from then
// on every token reads the whole window again, since each of its positions has
// moved. Pick may change the logits, but not the text, and keeps neither.
//
// The cache is m's. It may have read the beginning of the prompt, but not all of
// it, and belongs to the loop: it is all that changes.
func Continue(m Decoder, cache Cache, prompt []int, pick func(logits []float32, text []int) int) iter.Seq[int] {
	if len(prompt) == 0 {
		panic(emptyPrompt)
	}
	return func(yield func(int) bool) {
		most := m.Sizes().Context
		window := make([]int, 0, most)
		window = append(window, prompt[max(0, len(prompt)-most):]...)
		logits := cache.Extend(window[cache.Len():])
		for {
			id := pick(logits, window)
			if !yield(id) {
				return
			}
			if len(window) < most {
				window = append(window, id)
				logits = cache.Extend(window[len(window)-1:])
				continue
			}
			copy(window, window[1:])
			window[len(window)-1] = id
			cache.Truncate(0)
			logits = cache.Extend(window)
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
