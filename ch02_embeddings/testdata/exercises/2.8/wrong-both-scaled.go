package embeddings

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

func ScaledBackward(grad *Embedding, dx blas32.General, ids []int, T int) {
	root := float32(math.Sqrt(float64(dx.Cols)))
	for i, id := range ids {
		// x[i] = √C · Tokens[ids[i]] + Positions[i%T]
		dxi := f32.Row(dx, i)
		f32.Axpy(root, dxi, f32.Row(grad.Tokens, id))
		f32.Axpy(root, dxi, f32.Row(grad.Positions, i%T))
	}
}
