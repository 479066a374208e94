package classify

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// LowRank is a change of a matrix W (in,out) with few numbers: Scale·A·B, a matrix that has no
// more than rank r (Hu et al. 2021, section 4.1). Its gradient is another LowRank.
type LowRank struct {
	A     blas32.General // (in,r)
	B     blas32.General // (r,out)
	Scale float32        // α/r
}

// NewLowRank returns a change of rank r for a matrix of in rows and out columns. A is drawn from
// ±1/√r and B is zero, so that nothing changes yet.
func NewLowRank(in, out, r int, alpha float32, rng *rand.Rand) LowRank {
	if r < 1 {
		panic("classify: the rank must be at least 1")
	}
	l := LowRank{A: f32.New(in, r), B: f32.New(r, out), Scale: alpha / float32(r)}
	bound := float32(1 / math.Sqrt(float64(r)))
	for i := range l.A.Data {
		l.A.Data[i] = bound * (2*rng.Float32() - 1)
	}
	return l
}

// Merge sets w to base + Scale·A·B.
func (l LowRank) Merge(w, base blas32.General) {
	for i := range base.Rows {
		copy(f32.Row(w, i), f32.Row(base, i))
	}
	f32.Gemm(blas.NoTrans, blas.NoTrans, l.Scale, l.A, l.B, 1, w)
}

// Backward undoes w = base + Scale·A·B, given dw (in,out), and adds to grad:
//
//	dA += Scale · dw Bᵀ    dB += Scale · Aᵀ dw
func (l LowRank) Backward(grad *LowRank, dw blas32.General) {
	f32.Gemm(blas.NoTrans, blas.Trans, l.Scale, dw, l.B, 1, grad.A)
	f32.Gemm(blas.Trans, blas.NoTrans, l.Scale, l.A, dw, 1, grad.B)
}
