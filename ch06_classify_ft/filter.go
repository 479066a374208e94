package classify

import (
	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// Filter is a classifier with all it takes to read a text. Any number of
// goroutines may use one.
type Filter struct {
	Classifier *Classifier
	Tokenizer  *tokens.BPE
	Longest    int // of a text, only so many ids are read
}

// Classify returns the index in [Classes] of what the text looks like, and how
// probable the classifier finds it: at least 0.5.
func (f *Filter) Classify(text string) (class int, probability float64) {
	ids := encode(text, f.Tokenizer, f.Longest, f.Tokenizer.EndOfText())
	a := NewActivations(f.Classifier.Model.Config, 1, len(ids))
	scores := f32.Row(f.Classifier.Forward(a, ids, len(ids), []int{len(ids) - 1}, nil), 0)
	attention.Softmax(scores)
	class = predicted(scores)
	return class, float64(scores[class])
}
