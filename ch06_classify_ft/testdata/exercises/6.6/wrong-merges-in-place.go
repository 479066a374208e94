package classify

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// Right once, but it has changed the weights of the layer.
func AdaptedForward(y, x blas32.General, layer attention.Linear, change LowRank) {
	f32.Gemm(blas.NoTrans, blas.NoTrans, change.Scale, change.A, change.B, 1, layer.W)
	layer.Forward(y, x)
}
