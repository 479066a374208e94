package gpt

import (
	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/flash"
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

// Layer is a block as its forward pass sees it: two norms, and products whose
// matrices may have any form.
type Layer struct {
	Norm1, Norm2 *LayerNorm
	QKV, Proj    interface{ Forward(y, x blas32.General) }
	MLP          interface {
		Forward(y blas32.General, a *MLPActivations, x blas32.General)
	}
}

// Layer returns b for its forward pass.
func (b *Block) Layer() Layer {
	return Layer{&b.Norm1, &b.Norm2, &b.Attention.QKV, &b.Attention.Proj, &b.MLP}
}

// BlockActivations is what [Layer.Forward] keeps for [Block.Backward]; its
// gradient is another value of this type.
type BlockActivations struct {
	heads, T           int // T of the last pass
	moments1, moments2 *Moments
	normed1, normed2   []float32 // (N,C)
	qkv                []float32 // (N,3C)
	kept               flash.Kept
	mixed              []float32 // (N,C), what the heads found, side by side
	mid                []float32 // (N,C), between the two lines
	mlp                *MLPActivations
	mask1, mask2       attention.Mask
	past               past // what was read before, if that is to be looked at
}

// NewBlockActivations returns room for B sequences of T positions.
func NewBlockActivations(c Config, B, T int) *BlockActivations {
	N, C := B*T, c.Width
	return &BlockActivations{
		heads:    c.Heads,
		moments1: NewMoments(N), moments2: NewMoments(N),
		normed1: make([]float32, N*C), normed2: make([]float32, N*C),
		qkv: make([]float32, N*3*C), kept: flash.NewKept(B, c.Heads, T), mixed: make([]float32, N*C),
		mid: make([]float32, N*C),
		mlp: NewMLPActivations(N, C),
	}
}

// Forward sets y (N,C) for the sequences of T rows each in x (N,C); y may be x
// itself where no backward pass follows. A nil drop forgets nothing.
func (l Layer) Forward(y blas32.General, a *BlockActivations, x blas32.General, T int, drop *attention.Dropout) {
	normed1, mid, normed2 := like(x, a.normed1), like(x, a.mid), like(x, a.normed2)
	qkv, mixed := f32.View(a.qkv, x.Rows, 3*x.Cols), like(x, a.mixed)
	a.T = T

	// x = x + attention(norm1(x))
	l.Norm1.Forward(normed1, a.moments1, x)
	l.QKV.Forward(qkv, normed1)
	a.look(mixed, qkv, drop)
	l.Proj.Forward(mid, mixed)
	a.mask1.Forward(mid, drop)
	f32.Add(mid.Data, x.Data)

	// x = x + mlp(norm2(x))
	l.Norm2.Forward(normed2, a.moments2, mid)
	l.MLP.Forward(y, a.mlp, normed2)
	a.mask2.Forward(y, drop)
	f32.Add(y.Data, mid.Data)
}

// look sets mixed (N,C) to what the heads find: the heads of chapter 3, made
// fast. With a past they look at that too.
func (a *BlockActivations) look(mixed, qkv blas32.General, drop *attention.Dropout) {
	p := flash.Pass{Heads: a.heads, T: a.T, S: a.T, Causal: true}
	views := split(qkv)
	if a.past.kv != nil {
		views.K, views.V = a.past.with(views.K, views.V)
		p.S = views.K.Rows
	}
	if drop != nil {
		p.Drop, p.Seed = drop.P, drop.Rng.Uint64()
	}
	flash.Forward(mixed, &a.kept, views, p)
}

// split returns queries, keys and values as views of the columns of qkv.
func split(qkv blas32.General) flash.Views { return flash.Views(attention.Split(qkv)) }

// Backward undoes [Layer.Forward], last line first. It sets dx (N,C) unless that
// has no data, and adds to grad; d takes the gradients of the activations. A sum
// hands its gradient to both its terms, which is where the shortcuts come in.
func (b *Block) Backward(dx blas32.General, grad *Block, d, a *BlockActivations, dy, x blas32.General) {
	normed1, mixed, mid, normed2 := like(x, a.normed1), like(x, a.mixed), like(x, a.mid), like(x, a.normed2)
	dnormed1, dmixed, dmid, dnormed2 := like(x, d.normed1), like(x, d.mixed), like(x, d.mid), like(x, d.normed2)
	qkv, dqkv := f32.View(a.qkv, x.Rows, 3*x.Cols), f32.View(d.qkv, x.Rows, 3*x.Cols)

	// x = x + mlp(norm2(x))
	dout := a.mask2.Backward(dnormed1, dy)
	b.MLP.Backward(dnormed2, &grad.MLP, d.mlp, a.mlp, dout, normed2)
	b.Norm2.Backward(dmid, &grad.Norm2, a.moments2, dnormed2, mid)
	f32.Add(dmid.Data, dy.Data)

	// x = x + attention(norm1(x))
	dout = a.mask1.Backward(dnormed2, dmid)
	b.Attention.Proj.Backward(dmixed, &grad.Attention.Proj, dout, mixed)
	flash.Backward(split(dqkv), &d.kept, &a.kept, dmixed, mixed, split(qkv))
	b.Attention.QKV.Backward(dnormed1, &grad.Attention.QKV, dqkv, normed1)
	b.Norm1.Backward(dx, &grad.Norm1, a.moments1, dnormed1, x)
	if dx.Data != nil {
		f32.Add(dx.Data, dmid.Data)
	}
}

// like returns the first elements of data as a matrix shaped like x.
func like(x blas32.General, data []float32) blas32.General {
	return f32.View(data, x.Rows, x.Cols)
}
