package translate

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// Padding is not masked but left out: the loops end before it.
func LookAcross(q, k, v blas32.General, n int) blas32.General {
	found := f32.New(q.Rows, v.Cols)
	weights := make([]float64, k.Rows)
	for t := range q.Rows {
		largest := math.Inf(-1)
		for s := range weights {
			weights[s] = float64(f32.Dot(f32.Row(q, t), f32.Row(k, s))) / math.Sqrt(float64(q.Cols))
			largest = max(largest, weights[s])
		}
		sum := 0.0
		for s := range weights {
			weights[s] = math.Exp(weights[s] - largest)
			sum += weights[s]
		}
		for s, weight := range weights {
			for j, value := range f32.Row(v, s) {
				f32.Row(found, t)[j] += float32(weight/sum) * value
			}
		}
	}
	return found
}
