package attention

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

const badHeads = "attention: the width is not divisible by the number of heads"

// Heads is attention without its weights: H heads for each of B sequences. The
// heads lie side by side in the columns of one matrix, so head h of sequence b
// is a block of rows and columns, looked at where it lies; nothing is copied.
type Heads struct {
	Count   int     // H
	Causal  bool    // no position sees the future
	Dropout float32 // share of the weights forgotten while training
}

// A Pattern records who looked at whom: for every head of every sequence a
// (T,S) matrix of weights, one after another, (B,H,T,S) in all. The gradient
// of a pattern is another Pattern.
type Pattern struct {
	Weights []float32 // softmax of the scores
	Dropped []float32 // the weights after dropout; nil without it
	mask    []float32 // dropout's factors
	work    headsWork
}

// NewPattern returns room for B·H matrices of (T,S), and for dropout if it is
// not zero.
func NewPattern(h Heads, B, T, S int) Pattern {
	n := B * h.Count * T * S
	p := Pattern{Weights: make([]float32, n)}
	if h.Dropout > 0 {
		p.Dropped = make([]float32, n)
		p.mask = make([]float32, n)
	}
	return p
}

// headsWork is what one pass hands to all cores; one piece of it is one head.
type headsWork struct {
	heads             Heads
	T, S              int
	drop              bool
	y, q, k, v        blas32.General
	dq, dk, dv        blas32.General
	pattern, dpattern *Pattern
}

// head returns the rows of sequence i/H and the columns of head i%H of m,
// whose sequences have t rows each.
func (w *headsWork) head(m blas32.General, i, t int) blas32.General {
	b, h := i/w.heads.Count, i%w.heads.Count
	D := m.Cols / w.heads.Count
	return f32.Cols(f32.Rows(m, b*t, (b+1)*t), h*D, (h+1)*D)
}

// matrix returns the i-th (T,S) matrix of a pattern's data.
func (w *headsWork) matrix(data []float32, i int) blas32.General {
	return f32.View(data[i*w.T*w.S:], w.T, w.S)
}

// Forward sets y (B·T,C) to what the heads mix from queries q (B·T,C), keys k
// and values v (B·S,C), and keeps the weights in p. With a generator the pass
// is a training pass and forgets some weights; the factors are drawn before
// the heads are spread over the cores, so they do not depend on the spreading.
func (h Heads) Forward(y blas32.General, p *Pattern, q, k, v blas32.General, T, S int, rng *rand.Rand) {
	if q.Cols%h.Count != 0 {
		panic(badHeads)
	}
	n := q.Rows / T * h.Count
	drop := rng != nil && h.Dropout > 0
	if drop {
		DropoutMask(p.mask[:n*T*S], h.Dropout, rng)
	}
	p.work = headsWork{heads: h, T: T, S: S, drop: drop, y: y, q: q, k: k, v: v, pattern: p}
	f32.Run(n, 1, (*headsForward)(&p.work))
}

type headsForward headsWork

// Do runs the heads [lo,hi).
func (f *headsForward) Do(lo, hi int) {
	w := (*headsWork)(f)
	for i := lo; i < hi; i++ {
		weights := w.matrix(w.pattern.Weights, i)
		Weigh(weights, w.head(w.q, i, w.T), w.head(w.k, i, w.S), w.heads.Causal)
		if w.drop {
			dropped := w.matrix(w.pattern.Dropped, i)
			Dropout(dropped.Data, weights.Data, w.matrix(w.pattern.mask, i).Data)
			weights = dropped
		}
		Mix(w.head(w.y, i, w.T), weights, w.head(w.v, i, w.S))
	}
}

// Backward undoes Forward: from dy it sets dq, dk and dv, and uses dp as room
// for the gradient of the pattern p.
func (h Heads) Backward(dq, dk, dv blas32.General, dp, p *Pattern, dy, q, k, v blas32.General, T, S int) {
	n := q.Rows / T * h.Count
	dp.work = headsWork{
		heads: h, T: T, S: S, drop: p.work.drop, y: dy, q: q, k: k, v: v,
		dq: dq, dk: dk, dv: dv, pattern: p, dpattern: dp,
	}
	f32.Run(n, 1, (*headsBackward)(&dp.work))
}

type headsBackward headsWork

// Do undoes the heads [lo,hi).
func (f *headsBackward) Do(lo, hi int) {
	w := (*headsWork)(f)
	for i := lo; i < hi; i++ {
		weights := w.matrix(w.pattern.Weights, i)
		used := weights
		if w.drop {
			used = w.matrix(w.pattern.Dropped, i)
		}
		dweights := w.matrix(w.dpattern.Weights, i)

		// Mix(y, used, v)
		MixBackward(dweights, w.head(w.dv, i, w.S), w.head(w.y, i, w.T), used, w.head(w.v, i, w.S))
		// Dropout(used, weights, mask)
		if w.drop {
			Dropout(dweights.Data, dweights.Data, w.matrix(w.pattern.mask, i).Data)
		}
		// Weigh(weights, q, k, causal)
		WeighBackward(w.head(w.dq, i, w.T), w.head(w.dk, i, w.S), dweights, weights, w.head(w.q, i, w.T), w.head(w.k, i, w.S))
	}
}
