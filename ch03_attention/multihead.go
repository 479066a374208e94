package attention

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// MultiHead is self-attention as GPT-2 has it: one product makes the queries,
// keys and values of all heads, the heads mix, and one more product combines
// what they found.
type MultiHead struct {
	Heads  int // H
	Causal bool
	QKV    Linear // (C, 3C): queries, keys and values side by side
	Proj   Linear // (C, C)
}

// Activations is what [MultiHead.Forward] computes on the way and
// [MultiHead.Backward] needs again. Its gradient is another value of this type.
type Activations struct {
	T     int            // of the sequences
	QKV   blas32.General // (N,3C)
	Pairs *Pairs         // (B,H,T,T)
	Mixed blas32.General // (N,C), what the heads found, side by side
}

// NewActivations returns room for B sequences of T positions.
func (m *MultiHead) NewActivations(B, T int) *Activations {
	C := m.Proj.W.Rows
	return &Activations{T, f32.New(B*T, 3*C), m.heads(T).NewPairs(B), f32.New(B*T, C)}
}

// heads says how the heads of sequences of T positions lie.
func (m *MultiHead) heads(T int) SideBySide { return SideBySide{m.Heads, T, T, m.Causal} }

// Split returns queries, keys and values as views of the columns of qkv (N,3C).
func Split(qkv blas32.General) Views {
	C := qkv.Cols / 3
	return Views{f32.Cols(qkv, 0, C), f32.Cols(qkv, C, 2*C), f32.Cols(qkv, 2*C, 3*C)}
}

// Forward sets y (N,C) for the sequences of T rows each in x (N,C). A nil drop
// means no dropout.
func (m *MultiHead) Forward(y blas32.General, a *Activations, x blas32.General, drop *Dropout) {
	m.QKV.Forward(a.QKV, x)
	m.heads(a.T).Forward(a.Mixed, a.Pairs, Split(a.QKV), drop)
	m.Proj.Forward(y, a.Mixed)
}

// Backward undoes Forward, last line first. It sets dx (N,C) unless that has no
// data, and adds to grad; d takes the gradients of the activations.
func (m *MultiHead) Backward(dx blas32.General, grad *MultiHead, d, a *Activations, dy, x blas32.General) {
	m.Proj.Backward(d.Mixed, &grad.Proj, dy, a.Mixed)                            // m.Proj.Forward(y, a.Mixed)
	m.heads(a.T).Backward(Split(d.QKV), d.Pairs, a.Pairs, d.Mixed, Split(a.QKV)) // m.heads(a.T).Forward(a.Mixed, …)
	m.QKV.Backward(dx, &grad.QKV, d.QKV, x)                                      // m.QKV.Forward(a.QKV, x)
}
