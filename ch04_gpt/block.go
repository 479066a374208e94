package gpt

import (
	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// Block is one layer of the model. In two lines:
//
//	x = x + attention(norm1(x))
//	x = x + mlp(norm2(x))
//
// The sums are shortcuts: the vector at each position flows through all blocks
// unchanged except for what each adds to it, and its gradient flows back the
// same way. The norms stand before the sublayers, not after (GPT-2, section 2.3).
type Block struct {
	Norm1     LayerNorm
	Attention attention.MultiHead
	Norm2     LayerNorm
	MLP       MLP
}

// BlockActivations is what [Block.Forward] keeps for [Block.Backward]; its
// gradient is another value of this type.
type BlockActivations struct {
	moments1, moments2 *Moments
	normed1, normed2   []float32 // (N,C)
	attention          *attention.Activations
	mid                []float32 // (N,C), between the two lines
	mlp                *MLPActivations
	mask1, mask2       []float32 // (N,C), dropout's factors, of a pass that had it
	dropped            bool      // the last one did
}

// NewBlockActivations returns room for B sequences of T positions.
func NewBlockActivations(c Config, B, T int) *BlockActivations {
	N, C := B*T, c.Width
	return &BlockActivations{
		moments1: NewMoments(N), moments2: NewMoments(N),
		normed1: make([]float32, N*C), normed2: make([]float32, N*C),
		attention: attention.NewActivations(c.heads(), B, T, C),
		mid:       make([]float32, N*C),
		mlp:       NewMLPActivations(N, C),
	}
}

// heads is the attention of every block.
func (c Config) heads() attention.Heads {
	return attention.Heads{Count: c.Heads, Causal: true}
}

// Forward sets y (N,C) for the sequences of T rows each in x (N,C); y may be x
// itself where no backward pass follows. A nil drop forgets nothing.
func (b *Block) Forward(y blas32.General, a *BlockActivations, x blas32.General, T int, drop *attention.Dropout) {
	normed1, mid, normed2 := like(x, a.normed1), like(x, a.mid), like(x, a.normed2)
	a.dropped = drop != nil

	// x = x + attention(norm1(x))
	b.Norm1.Forward(normed1, a.moments1, x)
	b.Attention.Forward(mid, a.attention, normed1, T, drop)
	if a.dropped {
		a.mask1 = forget(mid, a.mask1, len(a.mid), drop)
	}
	f32.Add(mid.Data, x.Data)

	// x = x + mlp(norm2(x))
	b.Norm2.Forward(normed2, a.moments2, mid)
	b.MLP.Forward(y, a.mlp, normed2)
	if a.dropped {
		a.mask2 = forget(y, a.mask2, len(a.mid), drop)
	}
	f32.Add(y.Data, mid.Data)
}

// Backward undoes Forward, last line first. It sets dx (N,C) unless that has no
// data, and adds to grad; d takes the gradients of the activations. A sum hands
// its gradient to both its terms, which is where the shortcuts come in.
func (b *Block) Backward(dx blas32.General, grad *Block, d, a *BlockActivations, dy, x blas32.General, T int) {
	normed1, mid, normed2 := like(x, a.normed1), like(x, a.mid), like(x, a.normed2)
	dnormed1, dmid, dnormed2 := like(x, d.normed1), like(x, d.mid), like(x, d.normed2)

	// x = x + mlp(norm2(x))
	b.MLP.Backward(dnormed2, &grad.MLP, d.mlp, a.mlp, undrop(like(x, d.normed1), dy, a.mask2, a.dropped), normed2)
	b.Norm2.Backward(dmid, &grad.Norm2, a.moments2, dnormed2, mid)
	f32.Add(dmid.Data, dy.Data)

	// x = x + attention(norm1(x))
	b.Attention.Backward(dnormed1, &grad.Attention, d.attention, a.attention,
		undrop(like(x, d.normed2), dmid, a.mask1, a.dropped), normed1, T)
	b.Norm1.Backward(dx, &grad.Norm1, a.moments1, dnormed1, x)
	if dx.Data != nil {
		f32.Add(dx.Data, dmid.Data)
	}
}

// forget multiplies x by factors that drop draws, and returns them: in mask, or
// in new room for size of them if there is none yet.
func forget(x blas32.General, mask []float32, size int, drop *attention.Dropout) []float32 {
	if mask == nil {
		mask = make([]float32, size)
	}
	drop.Factors(mask[:len(x.Data)])
	f32.Mul(x.Data, x.Data, mask[:len(x.Data)])
	return mask
}

// undrop returns the gradient dy behind a dropout: dy itself where there was
// none, and otherwise dy·mask in room.
func undrop(room, dy blas32.General, mask []float32, dropped bool) blas32.General {
	if !dropped {
		return dy
	}
	f32.Mul(room.Data, dy.Data, mask[:len(dy.Data)])
	return room
}

// like returns the first elements of data as a matrix shaped like x.
func like(x blas32.General, data []float32) blas32.General {
	return f32.View(data, x.Rows, x.Cols)
}
