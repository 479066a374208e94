package attention

import (
	"iter"
	"math"

	"github.com/llm-from-scratch/llm/internal/f32"
)

func LookOnce(query []float32, pairs iter.Seq2[[]float32, []float32]) []float32 {
	var found []float32 // Σ exp(score - largest)·value
	var sum float32     // Σ exp(score - largest)
	largest := float32(math.Inf(-1))
	for key, value := range pairs {
		if found == nil {
			found = make([]float32, len(value))
		}
		score := f32.Dot(query, key) / float32(math.Sqrt(float64(len(query))))
		if score > largest {
			shrink := float32(math.Exp(float64(largest - score))) // 0 the first time
			sum *= shrink
			largest = score
		}
		weight := float32(math.Exp(float64(score - largest)))
		sum += weight
		f32.Axpy(weight, value, found)
	}
	f32.Scale(1/sum, found)
	return found
}
