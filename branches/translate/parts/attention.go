package parts

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/layers"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/flash"
)

// Attention is chapter 3's Cross, with matrices that lie as PyTorch has them: what
// looks and what is looked at may be two sequences, or one.
type Attention struct {
	In  layers.Linear // (3C, C): the rows of the queries, then the keys', then the values'
	Out layers.Linear // (C, C)
}

// Query is the part of In that makes queries. It shares its memory.
func (t *Attention) Query() layers.Linear { return rows(t.In, 0, t.In.W.Cols) }

// KeyValue is the other part of In.
func (t *Attention) KeyValue() layers.Linear { return rows(t.In, t.In.W.Cols, t.In.W.Rows) }

func rows(l layers.Linear, lo, hi int) layers.Linear {
	return layers.Linear{W: f32.Rows(l.W, lo, hi), B: l.B[lo:hi]}
}

// AttentionActivations is what [Attention.Forward] keeps for [Attention.Backward]; its
// gradient is another value of this type.
type AttentionActivations struct {
	Q, KV, Mixed blas32.General // (B·T,C), (B·S,2C): keys and values side by side, (B·T,C)
	pass         flash.Pass     // the last
	kept         flash.Kept
}

// NewAttentionActivations returns room for N rows of C columns and H heads that look,
// and M that are looked at.
func NewAttentionActivations(C, H, N, M int) AttentionActivations {
	return AttentionActivations{Q: f32.New(N, C), KV: f32.New(M, 2*C), Mixed: f32.New(N, C), kept: flash.NewKept(1, H, N)}
}

func (a *AttentionActivations) views() flash.Views {
	C := a.Q.Cols
	return flash.Views{Q: a.Q, K: f32.Cols(a.KV, 0, C), V: f32.Cols(a.KV, C, 2*C)}
}

// Forward sets y (B·T,C) to what the positions of x find in its memory. How these lie,
// and which of them are padding, says p.
func (t *Attention) Forward(y blas32.General, a *AttentionActivations, x attention.Source, p flash.Pass) {
	layers.Fit(x.Memory.Rows, &a.KV)
	keyValue := t.KeyValue()
	keyValue.Forward(a.KV, x.Memory)
	t.Look(y, a, x.X, p)
}

// Look is Forward with the keys and values that a has.
func (t *Attention) Look(y blas32.General, a *AttentionActivations, x blas32.General, p flash.Pass) {
	layers.Fit(x.Rows, &a.Q, &a.Mixed)
	query := t.Query()
	query.Forward(a.Q, x)
	a.pass = p
	flash.Forward(a.Mixed, &a.kept, a.views(), p)
	t.Out.Forward(y, a.Mixed)
}

// Backward undoes Forward, last line first. It sets dx.X, which may be dy, then adds to
// dx.Memory, which may be dx.X, and to grad; d takes the gradients of the activations.
func (t *Attention) Backward(dx attention.Source, grad *Attention, d, a *AttentionActivations, dy blas32.General, x attention.Source) {
	layers.Fit(x.X.Rows, &d.Q, &d.Mixed)
	layers.Fit(x.Memory.Rows, &d.KV)
	query, dquery, keyValue, dkeyValue := t.Query(), grad.Query(), t.KeyValue(), grad.KeyValue()
	t.Out.Backward(d.Mixed, 0, &grad.Out, dy, a.Mixed)
	flash.Backward(d.views(), &d.kept, &a.kept, d.Mixed, a.Mixed, a.views())
	query.Backward(dx.X, 0, &dquery, d.Q, x.X)
	keyValue.Backward(dx.Memory, 1, &dkeyValue, d.KV, x.Memory)
}

// Weights returns what part of the mixture of each position (T) came from each (S), in
// sequence b by head h of the last pass. A pass does not keep these numbers: they are
// computed again, as chapter 3 does.
func (a *AttentionActivations) Weights(b, h int) blas32.General {
	p, v, S := a.pass, a.views(), a.pass.S
	if p.Lengths != nil {
		S = p.Lengths[b]
	}
	D := v.Q.Cols / p.Heads
	weights := f32.New(p.T, S)
	head := func(m blas32.General, at, n int) blas32.General { return f32.Cols(f32.Rows(m, at, at+n), h*D, (h+1)*D) }
	attention.Weigh(weights, head(v.Q, b*p.T, p.T), head(v.K, b*p.S, S), p.Causal)
	return weights
}
