package attention

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

func SteadySoftmax(scores blas32.General) {
	for i := range scores.Rows {
		row, sum := f32.Row(scores, i), float32(0)
		largest := max(0, f32.Max(row))
		for j, s := range row {
			row[j] = float32(math.Exp(float64(s - largest)))
			sum += row[j]
		}
		f32.Scale(1/sum, row)
	}
}
