package bert

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/layers"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/flash"
)

// Norm is chapter 4's LayerNorm with an epsilon of the model's own.
type Norm struct {
	gpt.LayerNorm
	Epsilon float64
}

// Forward sets every row of y (N,C) to that of x, brought to mean 0 and variance 1,
// times the weight and plus the bias. y may be x where no backward pass follows.
func (n *Norm) Forward(y blas32.General, m *gpt.Moments, x blas32.General) {
	f32.Run(x.Rows, 16, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			m.Mean[i], m.Rstd[i] = f32.Normalize(f32.Row(y, i), f32.Row(x, i), n.Weight, n.Bias, n.Epsilon)
		}
	})
}

// Block is one layer of the encoder. In two lines:
//
//	x = norm1(x + attention(x))
//	x = norm2(x + out(gelu(fc(x))))
//
// The norms stand behind the sums, as in the Transformer of 2017, and not before the
// sublayers, as in GPT-2.
type Block struct {
	QKV, Proj layers.Linear // (3C,C) and (C,C)
	Norm1     Norm
	Fc, Out   layers.Linear // (F,C) and (C,F)
	Norm2     Norm
}

// BlockActivations is what [Block.Forward] keeps for [Block.Backward]; its gradient is
// another value of this type.
type BlockActivations struct {
	heads              int
	qkv                blas32.General // (N,3C)
	kept               flash.Kept
	mixed              blas32.General // (N,C), what the heads found, side by side
	sum1, mid, sum2    blas32.General // (N,C): mid is what is between the two lines
	wide, bent         blas32.General // (N,F): before and after GELU
	moments1, moments2 *gpt.Moments
	mask1, mask2       attention.Mask
}

func newBlockActivations(c Config, B, T int, backward bool) *BlockActivations {
	N, C := B*T, c.Width
	a := &BlockActivations{
		heads: c.Heads, qkv: f32.New(N, 3*C), mixed: f32.New(N, C), sum1: f32.New(N, C), wide: f32.New(N, c.Hidden),
		moments1: gpt.NewMoments(N), moments2: gpt.NewMoments(N),
	}
	if !backward { // each line writes over what the one before it left
		a.mid, a.sum2, a.bent = a.sum1, a.mixed, a.wide
		return a
	}
	a.kept, a.mid, a.sum2, a.bent = flash.NewKept(B, c.Heads, T), f32.New(N, C), f32.New(N, C), f32.New(N, c.Hidden)
	return a
}

// fit makes room for N rows of what there is room for more.
func (a *BlockActivations) fit(N int) {
	layers.Fit(N, &a.qkv, &a.mixed, &a.sum1, &a.mid, &a.sum2, &a.wide, &a.bent)
}

// Forward sets y (N,C) for the sequences of T rows each in x (N,C), the first real[b] of
// which are no padding. A nil drop forgets nothing.
func (b *Block) Forward(y blas32.General, a *BlockActivations, x blas32.General, T int, real []int, drop *attention.Dropout) {
	a.fit(x.Rows)

	// x = norm1(x + attention(x))
	b.QKV.Forward(a.qkv, x)
	a.look(T, real, drop)
	b.Proj.Forward(a.sum1, a.mixed)
	a.mask1.Forward(a.sum1, drop)
	f32.Add(a.sum1.Data, x.Data)
	b.Norm1.Forward(a.mid, a.moments1, a.sum1)

	// x = norm2(x + out(gelu(fc(x))))
	f32.GemmThen(blas.NoTrans, blas.Trans, 1, a.mid, b.Fc.W, 0, a.wide, f32.Epilogue{Bias: b.Fc.B, GELU: a.bent, Erf: true})
	b.Out.Forward(a.sum2, a.bent)
	a.mask2.Forward(a.sum2, drop)
	f32.Add(a.sum2.Data, a.mid.Data)
	b.Norm2.Forward(y, a.moments2, a.sum2)
}

// Backward undoes Forward, last line first. It sets dx (N,C) unless that has no data,
// and adds to grad; d takes the gradients of the activations. dy is overwritten.
func (b *Block) Backward(dx blas32.General, grad *Block, d, a *BlockActivations, dy, x blas32.General) {
	d.fit(x.Rows)

	// x = norm2(x + out(gelu(fc(x))))
	b.Norm2.Backward(d.sum2, &grad.Norm2.LayerNorm, a.moments2, dy, a.sum2)
	dout := a.mask2.Backward(dy, d.sum2)
	b.Out.Backward(blas32.General{}, 0, &grad.Out, dout, a.bent)
	f32.GemmThen(blas.NoTrans, blas.NoTrans, 1, dout, b.Out.W, 0, d.wide, f32.Epilogue{GELUSlope: a.wide, Erf: true})
	b.Fc.Backward(d.mid, 0, &grad.Fc, d.wide, a.mid)
	f32.Add(d.mid.Data, d.sum2.Data)

	// x = norm1(x + attention(x))
	b.Norm1.Backward(d.sum1, &grad.Norm1.LayerNorm, a.moments1, d.mid, a.sum1)
	dout = a.mask1.Backward(dy, d.sum1)
	b.Proj.Backward(d.mixed, 0, &grad.Proj, dout, a.mixed)
	flash.Backward(flash.Views(attention.Split(d.qkv)), &d.kept, &a.kept, d.mixed, a.mixed, flash.Views(attention.Split(a.qkv)))
	b.QKV.Backward(dx, 0, &grad.QKV, d.qkv, x)
	if dx.Data != nil {
		f32.Add(dx.Data, d.sum1.Data)
	}
}
