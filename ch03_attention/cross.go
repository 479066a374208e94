package attention

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// Cross is attention from one sequence to another: queries come from x, keys
// and values from a memory. In the original Transformer (Vaswani et al. 2017)
// the decoder reads what the encoder wrote this way. With memory = x and
// Causal unset it is the self-attention of an encoder such as BERT.
type Cross struct {
	Heads
	Query    Linear // (C, C)
	KeyValue Linear // (C, 2C): keys and values side by side
	Proj     Linear // (C, C)
}

// CrossActivations is what [Cross.Forward] computes on the way.
type CrossActivations struct {
	Q, KV []float32 // (B·T,C), (B·S,2C)
	Heads HeadsActivations
	Mixed []float32 // (B·T,C)
}

// NewCrossActivations returns room for B pairs of sequences of T and S
// positions, C wide.
func NewCrossActivations(h Heads, B, T, S, C int) *CrossActivations {
	return &CrossActivations{
		Q:     make([]float32, B*T*C),
		KV:    make([]float32, B*S*2*C),
		Heads: NewHeadsActivations(h, B, T),
		Mixed: make([]float32, B*T*C),
	}
}

// Forward sets y (B·T,C) to what the positions of x (B·T,C) find in memory
// (B·S,C). A nil drop means no dropout.
func (c Cross) Forward(y blas32.General, a *CrossActivations, x, memory blas32.General, T, S int, drop *Dropout) {
	C := x.Cols
	q, kv, mixed := f32.View(a.Q, x.Rows, C), f32.View(a.KV, memory.Rows, 2*C), f32.View(a.Mixed, x.Rows, C)
	c.Query.Forward(q, x)
	c.KeyValue.Forward(kv, memory)
	c.Heads.Forward(mixed, &a.Heads, q, f32.Cols(kv, 0, C), f32.Cols(kv, C, 2*C), T, S, drop)
	c.Proj.Forward(y, mixed)
}

// Backward undoes Forward. It sets dx (B·T,C) and dmemory (B·S,C) unless they
// have no data, and adds to grad; d takes the gradients of the activations.
func (c Cross) Backward(dx, dmemory blas32.General, grad *Cross, d, a *CrossActivations, dy, x, memory blas32.General, T, S int) {
	C := x.Cols
	q, kv, mixed := f32.View(a.Q, x.Rows, C), f32.View(a.KV, memory.Rows, 2*C), f32.View(a.Mixed, x.Rows, C)
	dq, dkv, dmixed := f32.View(d.Q, x.Rows, C), f32.View(d.KV, memory.Rows, 2*C), f32.View(d.Mixed, x.Rows, C)
	c.Proj.Backward(dmixed, &grad.Proj, dy, mixed) // c.Proj.Forward(y, mixed)
	c.Heads.Backward(dq, f32.Cols(dkv, 0, C), f32.Cols(dkv, C, 2*C), &d.Heads, &a.Heads,
		dmixed, mixed, q, f32.Cols(kv, 0, C), f32.Cols(kv, C, 2*C), T, S) // c.Heads.Forward(mixed, …)
	c.KeyValue.Backward(dmemory, &grad.KeyValue, dkv, memory) // c.KeyValue.Forward(kv, memory)
	c.Query.Backward(dx, &grad.Query, dq, x)                  // c.Query.Forward(q, x)
}
