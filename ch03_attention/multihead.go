package attention

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// MultiHead is self-attention as GPT-2 has it: one product makes the queries,
// keys and values of all heads, the heads mix, and one more product combines
// what they found.
type MultiHead struct {
	Heads
	QKV  Linear // (C, 3C): queries, keys and values side by side
	Proj Linear // (C, C)
}

// Activations is what [MultiHead.Forward] computes on the way and
// [MultiHead.Backward] needs again. Its gradient is another value of this
// type, and one such value serves all layers of a model in turn.
type Activations struct {
	QKV   []float32 // (N,3C)
	Heads HeadsActivations
	Mixed []float32 // (N,C), what the heads found, side by side
}

// NewActivations returns room for B sequences of T positions of width C.
func NewActivations(h Heads, B, T, C int) *Activations {
	return &Activations{
		QKV:   make([]float32, B*T*3*C),
		Heads: NewHeadsActivations(h, B, T),
		Mixed: make([]float32, B*T*C),
	}
}

// split returns queries, keys and values as views of the columns of qkv.
func split(qkv blas32.General) (q, k, v blas32.General) {
	C := qkv.Cols / 3
	return f32.Cols(qkv, 0, C), f32.Cols(qkv, C, 2*C), f32.Cols(qkv, 2*C, 3*C)
}

// Forward sets y (N,C) for the sequences of T rows each in x (N,C). A nil drop
// means no dropout.
func (m MultiHead) Forward(y blas32.General, a *Activations, x blas32.General, T int, drop *Dropout) {
	qkv, mixed := f32.View(a.QKV, x.Rows, 3*x.Cols), f32.View(a.Mixed, x.Rows, x.Cols)
	m.QKV.Forward(qkv, x)
	q, k, v := split(qkv)
	m.Heads.Forward(mixed, &a.Heads, q, k, v, T, T, drop)
	m.Proj.Forward(y, mixed)
}

// Backward undoes Forward. It sets dx (N,C) unless that has no data, and adds
// to grad; d takes the gradients of the activations.
func (m MultiHead) Backward(dx blas32.General, grad *MultiHead, d, a *Activations, dy, x blas32.General, T int) {
	qkv, mixed := f32.View(a.QKV, x.Rows, 3*x.Cols), f32.View(a.Mixed, x.Rows, x.Cols)
	dqkv, dmixed := f32.View(d.QKV, x.Rows, 3*x.Cols), f32.View(d.Mixed, x.Rows, x.Cols)
	m.Proj.Backward(dmixed, &grad.Proj, dy, mixed) // m.Proj.Forward(y, mixed)
	q, k, v := split(qkv)
	dq, dk, dv := split(dqkv)
	m.Heads.Backward(dq, dk, dv, &d.Heads, &a.Heads, dmixed, mixed, q, k, v, T, T) // m.Heads.Forward(mixed, …)
	m.QKV.Backward(dx, &grad.QKV, dqkv, x)                                         // m.QKV.Forward(qkv, x)
}
