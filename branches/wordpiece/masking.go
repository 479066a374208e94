package wordpiece

import (
	"iter"
	"math/rand/v2"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// Masking hides words of a text for a model to guess.
type Masking struct {
	Tokenizer *Tokenizer
	Share     float64 // of the words that are to be guessed: BERT's is 0.15
}

// Apply chooses the words to guess among ids, at least one. A chosen one becomes [MASK]
// eight times in ten, some other piece once in ten, and otherwise stays as it is: were it
// always [MASK], a model would learn nothing about words that are not masked, and later it
// meets no others. Targets get what was there, and [pretrain.Ignore] where nothing is to
// be guessed.
func (m Masking) Apply(ids, targets []int, rng *rand.Rand) {
	var words []int
	for i, id := range ids {
		targets[i] = pretrain.Ignore
		if !m.Tokenizer.Special(id) {
			words = append(words, i)
		}
	}
	n := min(len(words), max(1, int(m.Share*float64(len(words))+0.5)))
	for _, chosen := range embeddings.Shuffled(len(words), rng)[:n] {
		i := words[chosen]
		targets[i] = ids[i]
		switch u := rng.Float64(); {
		case u < 0.8:
			ids[i] = m.Tokenizer.ID(Mask)
		case u < 0.9:
			ids[i] = rng.IntN(m.Tokenizer.Vocab())
		}
	}
}

// Batches returns one epoch of a text: its windows in batches of so many, in random order,
// each between [CLS] and [SEP], with other words masked in every epoch. All batches of a
// loop share their memory.
func (m Masking) Batches(w embeddings.Windows, size int, rng *rand.Rand) iter.Seq[embeddings.Batch] {
	return func(yield func(embeddings.Batch) bool) {
		var b embeddings.Batch
		for plain := range w.Batches(size, rng) {
			b.B, b.T, b.Inputs = plain.B, plain.T+2, b.Inputs[:0]
			for i := range plain.B {
				b.Inputs = append(b.Inputs, m.Tokenizer.ID(Class))
				b.Inputs = append(b.Inputs, plain.Inputs[i*plain.T:(i+1)*plain.T]...)
				b.Inputs = append(b.Inputs, m.Tokenizer.ID(Separator))
			}
			if b.Targets == nil {
				b.Targets = make([]int, len(b.Inputs))
			}
			for i := range b.B {
				m.Apply(b.Inputs[i*b.T:(i+1)*b.T], b.Targets[i*b.T:(i+1)*b.T], rng)
			}
			if !yield(b) {
				return
			}
		}
	}
}
