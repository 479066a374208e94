package embeddings

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

func RowGradient(dx blas32.General, ids []int, id int) []float32 {
	sum := make([]float32, dx.Cols)
	for i, used := range ids {
		if used == id {
			f32.Add(sum, f32.Row(dx, i))
		}
	}
	return sum
}
