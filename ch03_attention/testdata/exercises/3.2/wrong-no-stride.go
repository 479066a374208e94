package attention

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

func SteadySoftmax(scores blas32.General) {
	for i := range scores.Rows {
		row, sum := scores.Data[i*scores.Cols:(i+1)*scores.Cols], float32(0)
		largest := f32.Max(row) // of this row: what is large elsewhere makes its exponentials 0
		for j, s := range row {
			row[j] = float32(math.Exp(float64(s - largest)))
			sum += row[j]
		}
		f32.Scale(1/sum, row)
	}
}
