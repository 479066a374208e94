package classify

import (
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// Filter is a trained classifier with all it takes to read a text. Any number of goroutines may
// use one.
type Filter struct {
	Classifier *Classifier
	Tokenizer  pretrain.Tokenizer
	Longest    int // ids read of a text; what follows is ignored
}

// Classify returns the index in [Classes] of what the text looks like, and the probability that
// the classifier gives it, at least 0.5.
func (f *Filter) Classify(text string) (class int, probability float64) {
	ids := encode(text, f.Tokenizer, f.Longest, f.Tokenizer.EndOfText())
	T := len(ids)
	scores := f32.Row(f.Classifier.NewPass(gpt.Frozen, 1, T).Forward(ids, T, []int{T - 1}, nil), 0)
	class = predicted(scores)
	attention.Softmax(scores)
	return class, float64(scores[class])
}

// Examples encodes messages as the filter reads them.
func (f *Filter) Examples(messages []Message) Examples {
	return NewExamples(messages, f.Tokenizer, f.Longest, f.Tokenizer.EndOfText())
}
