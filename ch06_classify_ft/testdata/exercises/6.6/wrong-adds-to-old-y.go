package classify

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// Adds to whatever y held before.
func AdaptedForward(y, x blas32.General, layer attention.Linear, change LowRank) {
	thin := f32.New(x.Rows, change.A.Cols)
	f32.Gemm(blas.NoTrans, blas.NoTrans, 1, x, change.A, 0, thin)
	f32.Gemm(blas.NoTrans, blas.NoTrans, 1, x, layer.W, 1, y)
	f32.Gemm(blas.NoTrans, blas.NoTrans, change.Scale, thin, change.B, 1, y)
	for i := range y.Rows {
		f32.Add(f32.Row(y, i), layer.B)
	}
}
