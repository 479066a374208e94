package attention

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

func PastMean(x blas32.General) blas32.General {
	means, sum := f32.New(x.Rows, x.Cols), make([]float32, x.Cols)
	for i := range x.Rows {
		f32.Add(sum, f32.Row(x, i))
	}
	for i := range x.Rows {
		f32.Axpy(1/float32(x.Rows), sum, f32.Row(means, i))
	}
	return means
}
