package embeddings

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

func RowGradient(dx blas32.General, ids []int, id int) []float32 {
	var sum []float32
	for i, used := range ids {
		if used == id {
			if sum == nil {
				sum = f32.Row(dx, i)
				continue
			}
			f32.Add(sum, f32.Row(dx, i))
		}
	}
	if sum == nil {
		return make([]float32, dx.Cols)
	}
	return sum
}
