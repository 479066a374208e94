package bert

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/flash"
)

// Weigh sets weights (T,T) to the attention of the queries q (T,D) of one head to its
// keys k (T,D), of which only the first real are text and not padding:
//
//	weights = softmax(q kᵀ / √D + mask)    mask = 0 for text, -∞ for padding
//
// Nothing lies in the future here: every position sees all of the text. It is told for
// the reader and for pictures. The model does the same by internal/flash, which does not
// look at padding at all.
func Weigh(weights, q, k blas32.General, real int) {
	f32.Gemm(blas.NoTrans, blas.Trans, float32(1/math.Sqrt(float64(q.Cols))), q, k, 0, weights)
	for i := range weights.Rows {
		padding := f32.Row(weights, i)[real:]
		for j := range padding {
			padding[j] = float32(math.Inf(-1))
		}
	}
	attention.SoftmaxRows(weights)
}

// look sets a.mixed (N,C) to what the heads find in the text of each sequence of T
// positions, the first real[b] of which are no padding; nil is none.
func (a *BlockActivations) look(T int, real []int, drop *attention.Dropout) {
	p := flash.Pass{Heads: a.heads, T: T, S: T, Real: real}
	if drop != nil {
		p.Drop, p.Seed = drop.P, drop.Rng.Uint64()
	}
	flash.Forward(a.mixed, &a.kept, flash.Views(attention.Split(a.qkv)), p)
}

// Weights returns the attention of head h in layer i (T,T) for sequence b of the last
// forward pass: row t says where position t looked.
func (p *Pass) Weights(i, h, b int) blas32.General {
	x, T, D := attention.Split(p.blocks[i].qkv), p.input.T, p.Config.Width/p.Config.Heads
	part := func(m blas32.General) blas32.General {
		return f32.Cols(f32.Rows(m, b*T, (b+1)*T), h*D, (h+1)*D)
	}
	weights := f32.New(T, T)
	Weigh(weights, part(x.Q), part(x.K), p.input.real(b))
	return weights
}
