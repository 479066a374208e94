package attention

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"
)

func MaskWindow(scores blas32.General, size int) {
	before := scores.Cols - scores.Rows // positions in front of the first query
	for i := range scores.Rows {
		row, own := scores.Data[i*scores.Cols:(i+1)*scores.Cols], before+i
		for j := range row {
			if j > own || j <= own-size {
				row[j] = float32(math.Inf(-1))
			}
		}
	}
}
