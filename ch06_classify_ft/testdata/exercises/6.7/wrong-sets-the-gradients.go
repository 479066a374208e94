package classify

import (
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// y = xW + b + s·zB with z = xA. So dz = s·dy·Bᵀ, which is thin, and dB = s·zᵀ·dy; then z is a
// product itself: dA = xᵀ·dz. And x has two ways to y: dx = dy·Wᵀ + dz·Aᵀ.
func AdaptedBackward(dx, dy, x blas32.General, layer attention.Linear, change LowRank, grad *LowRank) {
	r := change.A.Cols
	z, dz := f32.New(x.Rows, r), f32.New(x.Rows, r)
	f32.Gemm(blas.NoTrans, blas.NoTrans, 1, x, change.A, 0, z)
	f32.Gemm(blas.NoTrans, blas.Trans, change.Scale, dy, change.B, 0, dz)
	f32.Gemm(blas.Trans, blas.NoTrans, change.Scale, z, dy, 0, grad.B)
	f32.Gemm(blas.Trans, blas.NoTrans, 1, x, dz, 0, grad.A)
	f32.Gemm(blas.NoTrans, blas.Trans, 1, dy, layer.W, 0, dx)
	f32.Gemm(blas.NoTrans, blas.Trans, 1, dz, change.A, 1, dx)
}
