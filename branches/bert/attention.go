package bert

import (
	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/flash"
)

// look sets a.mixed (N,C) to what the heads find in each sequence of T positions, the
// first real[b] of which are text and the others padding; nil is no padding. Nothing lies
// in the future here: every position sees all of the text.
func (a *BlockActivations) look(T int, real []int, drop *attention.Dropout) {
	p := flash.Pass{Heads: a.heads, T: T, S: T, Lengths: real}
	if drop != nil {
		p.Drop, p.Seed = drop.P, drop.Rng.Uint64()
	}
	flash.Forward(a.mixed, &a.kept, flash.Views(attention.Split(a.qkv)), p)
}

// Weights returns the attention (T,T) of head h in layer i for sequence b of the last
// forward pass, as chapter 3 computes it: row t says where position t looked. The model
// does the same by internal/flash, which keeps no weights.
func (p *Pass) Weights(i, h, b int) blas32.General {
	x, T, D := attention.Split(p.blocks[i].qkv), p.input.T, p.Config.Width/p.Config.Heads
	part := func(m blas32.General) blas32.General {
		return f32.Cols(f32.Rows(m, b*T, (b+1)*T), h*D, (h+1)*D)
	}
	weights, n := f32.New(T, T), p.input.real(b)
	attention.Weigh(f32.Cols(weights, 0, n), part(x.Q), f32.Rows(part(x.K), 0, n), false)
	return weights
}
