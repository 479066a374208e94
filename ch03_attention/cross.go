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
	Heads    int // H
	Causal   bool
	Query    Linear // (C, C)
	KeyValue Linear // (C, 2C): keys and values side by side
	Proj     Linear // (C, C)
}

// Source is the two inputs of a [Cross]. Their gradients are another value of
// this type.
type Source struct {
	X      blas32.General // (B·T,C), what looks
	Memory blas32.General // (B·S,C), what is looked at
}

// CrossActivations is what [Cross.Forward] computes on the way.
type CrossActivations struct {
	heads SideBySide
	Q, KV blas32.General // (B·T,C), (B·S,2C)
	Pairs *Pairs         // (B,H,T,S)
	Mixed blas32.General // (B·T,C)
}

// NewActivations returns room for B pairs of sequences of T and S positions.
func (c *Cross) NewActivations(B, T, S int) *CrossActivations {
	C, heads := c.Proj.W.Rows, SideBySide{c.Heads, T, S, c.Causal}
	return &CrossActivations{heads, f32.New(B*T, C), f32.New(B*S, 2*C), heads.NewPairs(B), f32.New(B*T, C)}
}

// views are the queries, keys and values in a.
func (a *CrossActivations) views() Views {
	C := a.Q.Cols
	return Views{a.Q, f32.Cols(a.KV, 0, C), f32.Cols(a.KV, C, 2*C)}
}

// Forward sets y (B·T,C) to what the positions of x find in its memory. A nil
// drop means no dropout.
func (c *Cross) Forward(y blas32.General, a *CrossActivations, x Source, drop *Dropout) {
	c.Query.Forward(a.Q, x.X)
	c.KeyValue.Forward(a.KV, x.Memory)
	a.heads.Forward(a.Mixed, a.Pairs, a.views(), drop)
	c.Proj.Forward(y, a.Mixed)
}

// Backward undoes Forward, last line first. It sets the parts of dx that have
// data, and adds to grad; d takes the gradients of the activations.
func (c *Cross) Backward(dx Source, grad *Cross, d, a *CrossActivations, dy blas32.General, x Source) {
	c.Proj.Backward(d.Mixed, &grad.Proj, dy, a.Mixed)                 // c.Proj.Forward(y, a.Mixed)
	a.heads.Backward(d.views(), d.Pairs, a.Pairs, d.Mixed, a.views()) // a.heads.Forward(a.Mixed, …)
	c.KeyValue.Backward(dx.Memory, &grad.KeyValue, d.KV, x.Memory)    // c.KeyValue.Forward(a.KV, x.Memory)
	c.Query.Backward(dx.X, &grad.Query, d.Q, x.X)                     // c.Query.Forward(a.Q, x.X)
}
