package attention

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

func MaskWindow(scores blas32.General, size int) {
	before := scores.Cols - scores.Rows // positions in front of the first query
	for i := range scores.Rows {
		row, own := f32.Row(scores, i), before+i
		for j := range row {
			if j <= own-size {
				row[j] = float32(math.Inf(-1))
			}
		}
	}
}
