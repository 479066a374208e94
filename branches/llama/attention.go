package llama

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/layers"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/flash"
)

// Attention is self-attention with rotary positions and shared keys and values.
type Attention struct {
	Heads, KVHeads     int             // H and G
	Query, Key, Value  layers.Linear   // (H·D, C), (G·D, C), (G·D, C)
	QueryNorm, KeyNorm *layers.RMSNorm // (D), of every head before it is turned; nil for none
	Out                layers.Linear   // (C, H·D)
}

// AttentionActivations is what [Attention.Forward] keeps for [Attention.Backward];
// its gradient is another value of this type.
type AttentionActivations struct {
	turns        *layers.Turns  // of the positions of a sequence
	rawQ, rawK   blas32.General // (N,H·D), (N,G·D), before the norms; the same as Q and K without
	rstdQ, rstdK []float32      // (N·H), (N·G)
	Q, K, V      blas32.General // (N,H·D), (N,G·D), (N,G·D): queries and keys are turned
	Mixed        blas32.General // (N,H·D), what the heads found, side by side
	kept         flash.Kept
	past         *past // what was read before, if that is to be looked at
}

func newAttentionActivations(c Config, B, T int) AttentionActivations {
	N, H, G, D := B*T, c.Heads, c.KVHeads, c.HeadDim
	a := AttentionActivations{
		Q: f32.New(N, H*D), K: f32.New(N, G*D), V: f32.New(N, G*D), Mixed: f32.New(N, H*D),
		kept: flash.NewKept(B, H, T),
	}
	a.rawQ, a.rawK = a.Q, a.K
	if c.QKNorm {
		a.rawQ, a.rawK = f32.New(N, H*D), f32.New(N, G*D)
		a.rstdQ, a.rstdK = make([]float32, N*H), make([]float32, N*G)
	}
	return a
}

// fit makes room for N rows of what there is room for more.
func (a *AttentionActivations) fit(N int) {
	layers.Fit(N, &a.rawQ, &a.rawK, &a.Q, &a.K, &a.V, &a.Mixed)
}

// heads is m (N,H·D) with a row for each head (N·H,D).
func heads(m blas32.General, D int) blas32.General { return f32.View(m.Data, m.Rows*m.Cols/D, D) }

// Forward sets y (N,C) for sequences of as many rows of x (N,C) as a has turns. A
// nil drop forgets nothing.
func (t *Attention) Forward(y blas32.General, a *AttentionActivations, x blas32.General, drop *attention.Dropout) {
	a.fit(x.Rows)
	t.Query.Forward(a.rawQ, x)
	t.Key.Forward(a.rawK, x)
	t.Value.Forward(a.V, x)
	if t.QueryNorm != nil {
		D := len(t.QueryNorm.Weight)
		t.QueryNorm.Forward(heads(a.Q, D), a.rstdQ, heads(a.rawQ, D))
		t.KeyNorm.Forward(heads(a.K, D), a.rstdK, heads(a.rawK, D))
	}
	a.turns.Forward(a.Q)
	a.turns.Forward(a.K)
	t.look(a, drop)
	t.Out.Forward(y, a.Mixed)
}

// look sets a.Mixed to what the heads find: [layers.Grouped], made fast.
func (t *Attention) look(a *AttentionActivations, drop *attention.Dropout) {
	T := a.turns.Cos.Rows
	p := flash.Pass{Heads: t.Heads, Shared: t.Heads / t.KVHeads, T: T, S: T, Causal: true}
	views := a.views()
	if a.past != nil {
		views.K, views.V = a.past.with(a.K, a.V)
		p.S = views.K.Rows
	}
	if drop != nil {
		p.Drop, p.Seed = drop.P, drop.Rng.Uint64()
	}
	flash.Forward(a.Mixed, &a.kept, views, p)
}

func (a *AttentionActivations) views() flash.Views { return flash.Views{Q: a.Q, K: a.K, V: a.V} }

// Backward undoes Forward, last line first. It sets dx (N,C) unless that has no
// data, and adds to grad; d takes the gradients of the activations.
func (t *Attention) Backward(dx blas32.General, grad *Attention, d, a *AttentionActivations, dy, x blas32.General) {
	d.fit(x.Rows)
	t.Out.Backward(d.Mixed, 0, &grad.Out, dy, a.Mixed)
	flash.Backward(d.views(), &d.kept, &a.kept, d.Mixed, a.Mixed, a.views())
	a.turns.Backward(d.Q)
	a.turns.Backward(d.K)
	if t.QueryNorm != nil {
		D := len(t.QueryNorm.Weight)
		t.QueryNorm.Backward(heads(d.Q, D), grad.QueryNorm, a.rstdQ, heads(d.Q, D), heads(a.rawQ, D))
		t.KeyNorm.Backward(heads(d.K, D), grad.KeyNorm, a.rstdK, heads(d.K, D), heads(a.rawK, D))
	}
	t.Value.Backward(dx, 0, &grad.Value, d.V, x)
	t.Key.Backward(dx, 1, &grad.Key, d.K, x)
	t.Query.Backward(dx, 1, &grad.Query, d.Q, x)
}
