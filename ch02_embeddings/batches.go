package embeddings

import (
	"iter"
	"math/rand/v2"
)

// Batch is what a model reads in one step: B inputs of T ids and their
// targets. Both slices are (B, T) row-major: id t of sequence b is
// Inputs[b*T+t], and Targets[b*T+t] is the id that follows it in the
// text.
type Batch struct {
	B, T            int
	Inputs, Targets []int
}

// Batches returns one epoch: an iterator over batches of size windows
// that visits every window once, in the order of the text when rng is
// nil, in a shuffled one otherwise. Windows that are left over when no
// whole batch remains are dropped, so fewer windows than size make no
// batch at all.
//
// The order is a function of rng's state when the loop begins. Each loop
// over the iterator draws a new one, so the second epoch differs from the
// first, and the same seed always repeats both.
//
// All batches of a loop share one pair of slices: a batch is valid until
// the next turn, and whoever wants to keep it copies it.
func (w Windows) Batches(size int, rng *rand.Rand) iter.Seq[Batch] {
	if size < 1 {
		panic("embeddings: batch size below 1")
	}
	return func(yield func(Batch) bool) {
		order := Shuffled(w.Len(), rng)
		b := Batch{B: size, T: w.length}
		b.Inputs, b.Targets = make([]int, b.B*b.T), make([]int, b.B*b.T)
		for ; len(order) >= size; order = order[size:] {
			for row, i := range order[:size] {
				input, target := w.At(i)
				copy(b.Inputs[row*b.T:], input)
				copy(b.Targets[row*b.T:], target)
			}
			if !yield(b) {
				return
			}
		}
	}
}

// Shuffled returns the numbers 0..n-1 in random order, in rising order
// when rng is nil. It is the shuffle of Fisher and Yates: from the last
// place down, each place swaps with one drawn from itself and all places
// before it, which makes all n! orders equally likely.
func Shuffled(n int, rng *rand.Rand) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	if rng == nil {
		return order
	}
	for i := n - 1; i > 0; i-- {
		j := rng.IntN(i + 1)
		order[i], order[j] = order[j], order[i]
	}
	return order
}
