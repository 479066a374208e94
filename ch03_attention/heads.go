package attention

import (
	"runtime"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

const (
	badHeads  = "attention: the width is not divisible by the number of heads"
	noWayBack = "attention: Backward of a pass that kept nothing"
)

// Heads is attention without its weights: H heads for each of B sequences. The
// heads lie side by side in the columns of one matrix, so head h of sequence b
// is a block of rows and columns, looked at where it lies; nothing is copied.
type Heads struct {
	Count  int  // H
	Causal bool // no position sees the future
}

// HeadsActivations is what [Heads.Forward] keeps for [Heads.Backward] besides
// its output: one number for each query of each head. Its gradient is another
// value of this type. The zero value keeps nothing and serves passes that have
// no way back.
type HeadsActivations struct {
	LogSum []float32 // (B,H,T), see OnlineSoftmax.LogSum
	drop   float32   // the share of the weights that the pass forgot
	seed   uint64    // of dropout's factors
	work   headsWork
}

// NewHeadsActivations returns room for B sequences of T queries.
func NewHeadsActivations(h Heads, B, T int) HeadsActivations {
	return HeadsActivations{LogSum: make([]float32, B*h.Count*T)}
}

// headsWork is what one pass hands to all cores.
type headsWork struct {
	heads          Heads
	T, S           int
	y, q, k, v     blas32.General
	dy, dq, dk, dv blas32.General
	a, d           *HeadsActivations
}

// part returns what belongs to head i of m, whose sequences have t rows each:
// the rows of sequence i/H and the columns of head i%H.
func (w *headsWork) part(m blas32.General, i, t int) blas32.General {
	b, h := i/w.heads.Count, i%w.heads.Count
	D := m.Cols / w.heads.Count
	return f32.Cols(f32.Rows(m, b*t, (b+1)*t), h*D, (h+1)*D)
}

// Forward sets y (B·T,C) to what the heads mix from queries q (B·T,C), keys k
// and values v (B·S,C). The T queries of a sequence are the last of its S
// positions. A nil drop forgets no weights. A piece of the work is one block of queries of one head.
func (h Heads) Forward(y blas32.General, a *HeadsActivations, q, k, v blas32.General, T, S int, drop *Dropout) {
	if q.Cols%h.Count != 0 {
		panic(badHeads)
	}
	a.drop = 0
	if drop != nil {
		a.drop, a.seed = drop.P, drop.Rng.Uint64()
	}
	a.work = headsWork{heads: h, T: T, S: S, y: y, q: q, k: k, v: v, a: a}
	tiles.Reserve(runtime.GOMAXPROCS(0))
	f32.Run(q.Rows/T*h.Count*a.work.blocks(), 1, (*headsForward)(&a.work).Do)
}

type headsForward headsWork

// Do runs the blocks of queries [lo,hi).
func (f *headsForward) Do(lo, hi int) {
	w := (*headsWork)(f)
	t := tiles.Take()
	for i := lo; i < hi; i++ {
		w.block(i).forward(t)
	}
	tiles.Give(t)
}

// Backward undoes Forward, given its output y: from dy it sets dq, dk and dv,
// and the gradient d of what was kept. A piece of the work is a whole head,
// since all its queries add to the gradients of its keys and values.
func (h Heads) Backward(dq, dk, dv blas32.General, d, a *HeadsActivations, dy, y, q, k, v blas32.General, T, S int) {
	if a.LogSum == nil {
		panic(noWayBack)
	}
	d.work = headsWork{heads: h, T: T, S: S, y: y, q: q, k: k, v: v, dy: dy, dq: dq, dk: dk, dv: dv, a: a, d: d}
	tiles.Reserve(runtime.GOMAXPROCS(0))
	f32.Run(q.Rows/T*h.Count, 1, (*headsBackward)(&d.work).Do)
}

type headsBackward headsWork

// Do undoes the heads [lo,hi).
func (f *headsBackward) Do(lo, hi int) {
	w := (*headsWork)(f)
	t := tiles.Take()
	for i := lo; i < hi; i++ {
		// The last block sees all keys and sets their gradients; the others add.
		last := (i+1)*w.blocks() - 1
		w.block(last).backward(t, 0)
		for j := i * w.blocks(); j < last; j++ {
			w.block(j).backward(t, 1)
		}
	}
	tiles.Give(t)
}
