package embeddings

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

func SegmentsBackward(grad, dx blas32.General, segments []int) {
	each := len(segments) / grad.Rows
	for i := range segments {
		f32.Add(f32.Row(grad, i/each), f32.Row(dx, i))
	}
}
