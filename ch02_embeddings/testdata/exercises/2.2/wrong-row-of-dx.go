package embeddings

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

func RowGradient(dx blas32.General, ids []int, id int) []float32 {
	sum := make([]float32, dx.Cols)
	copy(sum, f32.Row(dx, id))
	return sum
}
