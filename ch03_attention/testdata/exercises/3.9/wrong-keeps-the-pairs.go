package attention

import (
	"iter"
	"math"

	"github.com/llm-from-scratch/llm/internal/f32"
)

func LookOnce(query []float32, pairs iter.Seq2[[]float32, []float32]) []float32 {
	var weights []float32
	var values [][]float32
	for key, value := range pairs {
		weights = append(weights, f32.Dot(query, key)/float32(math.Sqrt(float64(len(query)))))
		values = append(values, value)
	}
	Softmax(weights)
	found := make([]float32, len(values[0]))
	for i, w := range weights {
		f32.Axpy(w, values[i], found)
	}
	return found
}
