package pretrain

import (
	"iter"
	"strings"
	"unicode/utf8"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
)

// Evaluate is the mean of the losses of the first batches, at most most of them,
// or of all if most is 0, and how many those were. Without any batch there is no
// mean: n is 0 and the loss is NaN.
func Evaluate(l Learner, batches iter.Seq[embeddings.Batch], most int) (loss float64, n int) {
	var sum float64
	for b := range batches {
		sum += l.Loss(b)
		if n++; n == most {
			break
		}
	}
	return sum / float64(n), n
}

// SplitText cuts text in two, the first share for training and the rest for
// validation, at a border between characters, and not within [tokens.EndOfText].
func SplitText(text string, share float64) (train, validation string) {
	at, characters := len(text), int(share*float64(utf8.RuneCountInString(text)))
	for i := range text {
		if characters--; characters < 0 {
			at = i
			break
		}
	}
	near := max(0, at-len(tokens.EndOfText)+1)
	if end := strings.Index(text[near:], tokens.EndOfText); end >= 0 && near+end < at {
		at = near + end + len(tokens.EndOfText)
	}
	return text[:at], text[at:]
}
