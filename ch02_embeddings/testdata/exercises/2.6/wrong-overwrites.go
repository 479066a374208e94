package embeddings

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

func SegmentsBackward(grad, dx blas32.General, segments []int) {
	for i, segment := range segments {
		copy(f32.Row(grad, segment), f32.Row(dx, i))
	}
}
