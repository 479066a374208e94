package steps

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/layers"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/flash"
)

// Block is one layer of the model. Of each pair of parts that stand on one line it has
// one; the other is nil.
type Block struct {
	Norm1, Norm2   Norm
	Heads, KVHeads int
	Rotary         bool
	QKV, Proj      attention.Linear // (C, (H+2G)·D), (C, C)
	MLP            *gpt.MLP
	Gated          *layers.SwiGLU
}

// Norm is one of the two norms.
type Norm struct {
	Layer *gpt.LayerNorm
	RMS   *layers.RMSNorm
}

// Forward sets y (N,C) to the rows of x, normalized.
func (n Norm) Forward(y blas32.General, m *gpt.Moments, x blas32.General) {
	if n.RMS != nil {
		n.RMS.Forward(y, m.Rstd, x)
	} else {
		n.Layer.Forward(y, m, x)
	}
}

// Backward undoes Forward, as the norm that it is.
func (n Norm) Backward(dx blas32.General, grad Norm, m *gpt.Moments, dy, x blas32.General) {
	if n.RMS != nil {
		n.RMS.Backward(dx, grad.RMS, m.Rstd, dy, x)
	} else {
		n.Layer.Backward(dx, grad.Layer, m, dy, x)
	}
}

// Activations is what [Block.Forward] keeps for [Block.Backward]; its gradient is
// another value of this type.
type Activations struct {
	turns                             *layers.Turns // of the positions of a sequence
	moments1, moments2                *gpt.Moments
	normed1, qkv, mixed, mid, normed2 blas32.General // (N,C), but qkv (N,(H+2G)·D)
	kept                              flash.Kept
	mlp                               *gpt.MLPActivations
	gated                             *layers.SwiGLUActivations
	mask1, mask2                      attention.Mask
}

func newActivations(c Config, turns *layers.Turns, B, T int) *Activations {
	N, C := B*T, c.Width
	a := &Activations{
		turns: turns, moments1: gpt.NewMoments(N), moments2: gpt.NewMoments(N), kept: flash.NewKept(B, c.Heads, T),
		normed1: f32.New(N, C), qkv: f32.New(N, c.qkvCols()), mixed: f32.New(N, C), mid: f32.New(N, C), normed2: f32.New(N, C),
	}
	if c.SwiGLU {
		a.gated = layers.NewSwiGLUActivations(N, c.Hidden)
	} else {
		a.mlp = gpt.NewMLPActivations(N, C)
	}
	return a
}

func (a *Activations) fit(N int) { layers.Fit(N, &a.normed1, &a.qkv, &a.mixed, &a.mid, &a.normed2) }

// views are the queries, keys and values in the columns of qkv. With fewer heads of
// keys their part is less wide.
func (b *Block) views(a *Activations) flash.Views {
	C := a.mixed.Cols
	end := C + C/b.Heads*b.KVHeads
	return flash.Views{Q: f32.Cols(a.qkv, 0, C), K: f32.Cols(a.qkv, C, end), V: f32.Cols(a.qkv, end, a.qkv.Cols)}
}

// Forward sets y (N,C) for sequences of as many rows of x (N,C) as a has turns. A
// nil drop forgets nothing.
func (b *Block) Forward(y blas32.General, a *Activations, x blas32.General, drop *attention.Dropout) {
	a.fit(x.Rows)

	// x = x + attention(norm1(x))
	b.Norm1.Forward(a.normed1, a.moments1, x)
	b.QKV.Forward(a.qkv, a.normed1)
	b.look(a, drop)
	b.Proj.Forward(a.mid, a.mixed)
	a.mask1.Forward(a.mid, drop)
	f32.Add(a.mid.Data, x.Data)

	// x = x + mlp(norm2(x))
	b.Norm2.Forward(a.normed2, a.moments2, a.mid)
	if b.Gated != nil {
		b.Gated.Forward(y, a.gated, a.normed2)
	} else {
		b.MLP.Forward(y, a.mlp, a.normed2)
	}
	a.mask2.Forward(y, drop)
	f32.Add(y.Data, a.mid.Data)
}

// look sets a.mixed to what the heads find.
func (b *Block) look(a *Activations, drop *attention.Dropout) {
	views, T := b.views(a), a.turns.Cos.Rows
	if b.Rotary {
		a.turns.Forward(views.Q)
		a.turns.Forward(views.K)
	}
	p := flash.Pass{Heads: b.Heads, Shared: b.Heads / b.KVHeads, T: T, S: T, Causal: true}
	if drop != nil {
		p.Drop, p.Seed = drop.P, drop.Rng.Uint64()
	}
	flash.Forward(a.mixed, &a.kept, views, p)
}

// Backward undoes Forward, last line first. It sets dx (N,C) unless that has no
// data, and adds to grad; d takes the gradients of the activations.
func (b *Block) Backward(dx blas32.General, grad *Block, d, a *Activations, dy, x blas32.General) {
	d.fit(x.Rows)

	// x = x + mlp(norm2(x))
	dout := a.mask2.Backward(d.normed1, dy)
	if b.Gated != nil {
		b.Gated.Backward(d.normed2, grad.Gated, d.gated, a.gated, dout, a.normed2)
	} else {
		b.MLP.Backward(d.normed2, grad.MLP, d.mlp, a.mlp, dout, a.normed2)
	}
	b.Norm2.Backward(d.mid, grad.Norm2, a.moments2, d.normed2, a.mid)
	f32.Add(d.mid.Data, dy.Data)

	// x = x + attention(norm1(x))
	dout = a.mask1.Backward(d.normed2, d.mid)
	b.Proj.Backward(d.mixed, &grad.Proj, dout, a.mixed)
	views := b.views(d)
	flash.Backward(views, &d.kept, &a.kept, d.mixed, a.mixed, b.views(a))
	if b.Rotary {
		a.turns.Backward(views.Q)
		a.turns.Backward(views.K)
	}
	b.QKV.Backward(d.normed1, &grad.QKV, d.qkv, a.normed1)
	b.Norm1.Backward(dx, grad.Norm1, a.moments1, d.normed1, x)
	if dx.Data != nil {
		f32.Add(dx.Data, d.mid.Data)
	}
}
