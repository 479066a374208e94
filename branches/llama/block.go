package llama

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/layers"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// Block is one layer of the model, chapter 4's with other parts:
//
//	x = x + attention(norm1(x))
//	x = x + mlp(norm2(x))
type Block struct {
	Norm1     layers.RMSNorm
	Attention Attention
	Norm2     layers.RMSNorm
	MLP       layers.SwiGLU
}

// BlockActivations is what [Block.Forward] keeps for [Block.Backward]; its gradient
// is another value of this type.
type BlockActivations struct {
	rstd1, rstd2          []float32      // (N)
	normed1, mid, normed2 blas32.General // (N,C); mid is what is between the two lines
	attention             AttentionActivations
	mlp                   *layers.SwiGLUActivations
	mask1, mask2          attention.Mask
}

func newBlockActivations(c Config, B, T int) *BlockActivations {
	N, C := B*T, c.Width
	return &BlockActivations{
		rstd1: make([]float32, N), rstd2: make([]float32, N),
		normed1: f32.New(N, C), mid: f32.New(N, C), normed2: f32.New(N, C),
		attention: newAttentionActivations(c, B, T), mlp: layers.NewSwiGLUActivations(N, c.Hidden),
	}
}

func (a *BlockActivations) fit(N int) { layers.Fit(N, &a.normed1, &a.mid, &a.normed2) }

// Forward sets y (N,C) for the sequences in x (N,C); y may be x itself where no
// backward pass follows. A nil drop forgets nothing.
func (b *Block) Forward(y blas32.General, a *BlockActivations, x blas32.General, drop *attention.Dropout) {
	a.fit(x.Rows)

	// x = x + attention(norm1(x))
	b.Norm1.Forward(a.normed1, a.rstd1, x)
	b.Attention.Forward(a.mid, &a.attention, a.normed1, drop)
	a.mask1.Forward(a.mid, drop)
	f32.Add(a.mid.Data, x.Data)

	// x = x + mlp(norm2(x))
	b.Norm2.Forward(a.normed2, a.rstd2, a.mid)
	b.MLP.Forward(y, a.mlp, a.normed2)
	a.mask2.Forward(y, drop)
	f32.Add(y.Data, a.mid.Data)
}

// Backward undoes Forward, last line first. It sets dx (N,C) unless that has no
// data, and adds to grad; d takes the gradients of the activations.
func (b *Block) Backward(dx blas32.General, grad *Block, d, a *BlockActivations, dy, x blas32.General) {
	d.fit(x.Rows)

	// x = x + mlp(norm2(x))
	dout := a.mask2.Backward(d.normed1, dy)
	b.MLP.Backward(d.normed2, &grad.MLP, d.mlp, a.mlp, dout, a.normed2)
	b.Norm2.Backward(d.mid, &grad.Norm2, a.rstd2, d.normed2, a.mid)
	f32.Add(d.mid.Data, dy.Data)

	// x = x + attention(norm1(x))
	dout = a.mask1.Backward(d.normed2, d.mid)
	b.Attention.Backward(d.normed1, &grad.Attention, &d.attention, &a.attention, dout, a.normed1)
	b.Norm1.Backward(dx, &grad.Norm1, a.rstd1, d.normed1, x)
	if dx.Data != nil {
		f32.Add(dx.Data, d.mid.Data)
	}
}
