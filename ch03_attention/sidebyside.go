package attention

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

const badHeads = "attention: the width is not divisible by the number of heads"

// SideBySide says how H heads for each of B sequences lie in the columns of one
// matrix: head h of sequence b is a block of rows and columns, looked at where it
// lies; nothing is copied.
type SideBySide struct {
	Heads  int  // H
	T, S   int  // queries and keys of a sequence; the queries are its last T positions
	Causal bool // no position sees the future
}

// Pairs is what [SideBySide.Forward] keeps for [SideBySide.Backward]: a number for
// each query and key of each head, and so the square of a text's length. Its
// gradient is another value of this type.
type Pairs struct {
	Weights []float32 // (B,H,T,S)
	Used    []float32 // (B,H,T,S), what values were mixed with: Weights, but for those that dropout forgot
	mask    Mask
	room    []float32 // of Used, in a pass that had dropout
}

// NewPairs returns room for B sequences.
func (s SideBySide) NewPairs(B int) *Pairs {
	return &Pairs{Weights: make([]float32, B*s.Heads*s.T*s.S)}
}

// drop forgets some of the weights, or none if drop is nil.
func (p *Pairs) drop(drop *Dropout) {
	p.Used = p.Weights
	if drop != nil {
		p.room = append(p.room[:0], p.Weights...)
		p.Used = p.room
	}
	p.mask.Forward(f32.View(p.Used, 1, len(p.Used)), drop)
}

// part returns what belongs to head i of m, whose sequences have t rows each:
// the rows of sequence i/H and the columns of head i%H.
func (s SideBySide) part(m blas32.General, i, t int) blas32.General {
	b, h, D := i/s.Heads, i%s.Heads, m.Cols/s.Heads
	return f32.Cols(f32.Rows(m, b*t, (b+1)*t), h*D, (h+1)*D)
}

// views returns what belongs to head i.
func (s SideBySide) views(x Views, i int) Views {
	return Views{s.part(x.Q, i, s.T), s.part(x.K, i, s.S), s.part(x.V, i, s.S)}
}

// matrix returns the (T,S) numbers of head i.
func (s SideBySide) matrix(pairs []float32, i int) blas32.General {
	return f32.View(pairs[i*s.T*s.S:], s.T, s.S)
}

// Forward sets y (B·T,C) to what the heads mix from x: queries (B·T,C), keys and
// values (B·S,C). A nil drop forgets no weights.
func (s SideBySide) Forward(y blas32.General, a *Pairs, x Views, drop *Dropout) {
	if y.Cols%s.Heads != 0 {
		panic(badHeads)
	}
	heads := y.Rows / s.T * s.Heads
	for i := range heads {
		v := s.views(x, i)
		Weigh(s.matrix(a.Weights, i), v.Q, v.K, s.Causal)
	}
	a.drop(drop)
	for i := range heads {
		Mix(s.part(y, i, s.T), s.matrix(a.Used, i), s.views(x, i).V)
	}
}

// Backward undoes Forward: from dy it sets dx and the gradient d of the weights.
func (s SideBySide) Backward(dx Views, d, a *Pairs, dy blas32.General, x Views) {
	heads := dy.Rows / s.T * s.Heads
	for i := range heads {
		v, dv, dused := s.views(x, i), s.views(dx, i), s.matrix(d.Weights, i)
		MixBackward(dused, dv.V, s.part(dy, i, s.T), s.matrix(a.Used, i), v.V) // Mix(y, used, v.V)
	}
	dweights := f32.View(d.Weights, 1, len(d.Weights))
	a.mask.Backward(dweights, dweights) // a.drop(drop)
	for i := range heads {
		v, dv := s.views(x, i), s.views(dx, i)
		WeighBackward(dv.Q, dv.K, s.matrix(d.Weights, i), s.matrix(a.Weights, i), v.Q, v.K) // Weigh(weights, v.Q, v.K, s.Causal)
	}
}
