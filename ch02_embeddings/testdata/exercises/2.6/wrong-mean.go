package embeddings

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

func SegmentsBackward(grad, dx blas32.General, segments []int) {
	count := make([]int, grad.Rows)
	for _, segment := range segments {
		count[segment]++
	}
	for i, segment := range segments {
		f32.Axpy(1/float32(count[segment]), f32.Row(dx, i), f32.Row(grad, segment))
	}
}
