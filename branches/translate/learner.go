package translate

import (
	"cmp"
	"iter"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/translate/parts"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// Example is a sentence and its translation, as ids. Neither has [Begin], and both end
// with [End].
type Example struct{ Source, Target []int }

// Longest is the length of the longest text among examples, in ids.
func Longest(examples []Example) (n int) {
	for _, e := range examples {
		n = max(n, len(e.Source), len(e.Target))
	}
	return n
}

// Batches cuts examples into batches of about tokens ids, sources and targets together,
// padding and all, but of one example at least. They are sorted by length first, so that
// there is little padding, and the batches come in an order that rng draws, or sorted if
// that is nil. Examples change places; a batch is valid until the next one.
func Batches(examples []Example, tokens int, rng *rand.Rand) iter.Seq[embeddings.Batch] {
	return func(yield func(embeddings.Batch) bool) {
		slices.SortStableFunc(examples, func(a, b Example) int {
			return cmp.Or(cmp.Compare(len(a.Target), len(b.Target)), cmp.Compare(len(a.Source), len(b.Source)))
		})
		var cuts [][]Example
		lo, source := 0, 0 // the longest since lo; of the targets it is the last
		for i, e := range examples {
			source = max(source, len(e.Source))
			if i > lo && (i+1-lo)*(source+len(e.Target)) > tokens {
				cuts, lo, source = append(cuts, examples[lo:i]), i, len(e.Source)
			}
		}
		if len(examples) > 0 {
			cuts = append(cuts, examples[lo:])
		}
		var b embeddings.Batch
		for _, i := range embeddings.Shuffled(len(cuts), rng) {
			if b = batch(b, cuts[i]); !yield(b) {
				break
			}
		}
	}
}

// batch brings examples to the same length, in the memory of b.
func batch(b embeddings.Batch, examples []Example) embeddings.Batch {
	var source, target int
	for _, e := range examples {
		source, target = max(source, len(e.Source)), max(target, len(e.Target))
	}
	b.B, b.T, b.Inputs, b.Targets = len(examples), source, b.Inputs[:0], b.Targets[:0]
	for _, e := range examples {
		b.Inputs, b.Targets = padded(b.Inputs, e.Source, source), padded(b.Targets, e.Target, target)
	}
	return b
}

// padded appends ids to list, and padding up to n.
func padded(list, ids []int, n int) []int {
	list = append(list, ids...)
	for range n - len(ids) {
		list = append(list, Pad)
	}
	return list
}

// Learner makes a model trainable by the loop of chapter 5. It is a [pretrain.Learner]
// of batches as [Pass.Forward] reads them.
type Learner struct {
	pass          *Pass
	smoothing     float64
	params, grads []gpt.Param
	logits        []float32 // (N,V), and their gradient
	dhidden       []float32 // (N,C)
}

// NewLearner prepares to train m on batches of so many rows of either side, with targets
// smoothed by that much.
func NewLearner(m *Model, rows int, smoothing float64) *Learner {
	pass := m.NewPass(rows)
	return &Learner{pass, smoothing, m.Params(), pass.Grads(), make([]float32, rows*m.Config.Vocab), make([]float32, rows*m.Config.Width)}
}

// Params are the weights.
func (l *Learner) Params() []gpt.Param { return l.params }

// Grads are their gradients.
func (l *Learner) Grads() []gpt.Param { return l.grads }

// forward returns the hidden vectors and logits of a batch.
func (l *Learner) forward(b embeddings.Batch, drop *attention.Dropout) (hidden, logits blas32.General) {
	hidden = l.pass.Forward(b, drop)
	logits = f32.View(l.logits, hidden.Rows, l.pass.Config.Vocab)
	l.pass.Logits(logits, hidden)
	return hidden, logits
}

// Learn implements [pretrain.Learner].
func (l *Learner) Learn(b embeddings.Batch, scale float32, drop *attention.Dropout) float64 {
	hidden, logits := l.forward(b, drop)
	loss := parts.Smoothed(logits, b.Targets, Pad, l.smoothing, true, scale)
	dhidden := f32.View(l.dhidden, hidden.Rows, hidden.Cols)
	l.pass.LogitsBackward(dhidden, logits, hidden)
	l.pass.Backward(dhidden)
	return loss
}

// Loss implements [pretrain.Learner]. It is not smoothed: how surprised the model is by
// what was written.
func (l *Learner) Loss(b embeddings.Batch) float64 {
	_, logits := l.forward(b, nil)
	return parts.Smoothed(logits, b.Targets, Pad, 0, false, 1)
}
