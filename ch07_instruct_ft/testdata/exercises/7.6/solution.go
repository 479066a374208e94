package instruct

import "strings"

func SharedWords(answer, wanted string) float64 {
	a, w := wordsOf(answer), wordsOf(wanted)
	if len(a)+len(w) == 0 {
		return 1
	}
	left, shared := map[string]int{}, 0
	for _, word := range a {
		left[word]++
	}
	for _, word := range w {
		if left[word] > 0 {
			left[word]--
			shared++
		}
	}
	return 2 * float64(shared) / float64(len(a)+len(w))
}

func wordsOf(text string) []string {
	var words []string
	for _, word := range strings.Fields(strings.ToLower(text)) {
		if word = strings.Trim(word, ".,;:!?\"'()"); word != "" {
			words = append(words, word)
		}
	}
	return words
}
