package attention

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// MaskFuture sets the scores (T,S) of what lies in the future to -Inf, which
// [Softmax] turns into weights of exactly 0. The T queries are the last T of
// the S positions, so query i may look at the first S-T+i+1 of them; with
// S = T that is the lower triangle.
func MaskFuture(scores blas32.General) {
	past := scores.Cols - scores.Rows
	for i := range scores.Rows {
		future := f32.Row(scores, i)[past+i+1:]
		for j := range future {
			future[j] = float32(math.Inf(-1))
		}
	}
}
