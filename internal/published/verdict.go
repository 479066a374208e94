package published

import (
	"iter"
	"slices"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/torchrand"
)

// theVerdict is the story's name among the downloads.
const theVerdict = "the-verdict"

const (
	seed       = 123 // of every cell that has one
	batchSize  = 2
	windowSize = 256
)

// A verdict is Edith Wharton's story as the book trains on it.
type verdict struct{ train, validation embeddings.Windows }

// readVerdict cuts the story in two, by characters, and each part in windows.
func readVerdict(lab *Lab) (v verdict, err error) {
	text, err := lab.Read(theVerdict)
	if err != nil {
		return v, err
	}
	learn, watch := pretrain.SplitText(text, .9)
	if v.train, err = embeddings.NewWindows(lab.GPT2.Encode(learn), windowSize, windowSize); err != nil {
		return v, err
	}
	v.validation, err = embeddings.NewWindows(lab.GPT2.Encode(watch), windowSize, windowSize)
	return v, err
}

// batches are windows in the given order. A batch is valid until the next one.
func batches(w embeddings.Windows, order []int) iter.Seq[embeddings.Batch] {
	return func(yield func(embeddings.Batch) bool) {
		b := embeddings.Batch{B: batchSize, T: windowSize}
		for chosen := range slices.Chunk(order, batchSize) {
			b.Inputs, b.Targets = b.Inputs[:0], b.Targets[:0]
			for _, i := range chosen {
				input, target := w.At(i)
				b.Inputs, b.Targets = append(b.Inputs, input...), append(b.Targets, target...)
			}
			if len(chosen) < batchSize || !yield(b) {
				return
			}
		}
	}
}

// evaluate is the book's evaluate_model: the mean losses of the first batches of
// both parts. The loaders draw from g, although nothing here is trained.
func (v verdict) evaluate(l pretrain.Learner, g *torchrand.Generator, most int) (train, validation float64) {
	train, _ = pretrain.Evaluate(l, batches(v.train, g.Loader(v.train.Len(), true)), most)
	validation, _ = pretrain.Evaluate(l, batches(v.validation, g.Loader(v.validation.Len(), false)), most)
	return train, validation
}
