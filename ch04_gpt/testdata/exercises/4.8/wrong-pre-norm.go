package gpt

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

func PostNorm(b *Block, x blas32.General, T int) blas32.General {
	N, C := x.Rows, x.Cols
	normed, mid, y, moments := f32.New(N, C), f32.New(N, C), f32.New(N, C), NewMoments(N)
	b.Norm1.Forward(normed, moments, x)
	b.Attention.Forward(mid, b.Attention.NewActivations(N/T, T), normed, nil)
	f32.Add(mid.Data, x.Data)
	b.Norm2.Forward(normed, moments, mid)
	b.MLP.Forward(y, NewMLPActivations(N, C), normed)
	f32.Add(y.Data, mid.Data)
	return y
}
