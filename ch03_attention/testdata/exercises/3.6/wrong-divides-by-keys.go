package attention

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

func Look(query []float32, keys, values blas32.General) []float32 {
	weights := make([]float32, keys.Rows)
	for j := range weights {
		weights[j] = f32.Dot(query, f32.Row(keys, j)) / float32(math.Sqrt(float64(keys.Rows)))
	}
	Softmax(weights)
	found := make([]float32, values.Cols)
	for j, w := range weights {
		f32.Axpy(w, f32.Row(values, j), found)
	}
	return found
}
