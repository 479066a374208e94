package gpt

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

func PostNorm(b *Block, x blas32.General, T int) blas32.General {
	N, C := x.Rows, x.Cols
	heard, thought := f32.New(N, C), f32.New(N, C)
	mid, y, moments := f32.New(N, C), f32.New(N, C), NewMoments(N)

	b.Attention.Forward(heard, b.Attention.NewActivations(N/T, T), x, nil)
	f32.Add(heard.Data, x.Data)
	b.Norm1.Forward(mid, moments, heard)

	b.MLP.Forward(thought, NewMLPActivations(N, C), x)
	f32.Add(thought.Data, mid.Data)
	b.Norm2.Forward(y, moments, thought)
	return y
}
