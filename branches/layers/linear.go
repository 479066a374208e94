package layers

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// Linear is the layer y = x Wᵀ + b. It is chapter 3's, but for the matrix, which
// lies as the files of these models have it: a row for each output.
type Linear struct {
	W      blas32.General // (out, in)
	B      []float32      // (out), or nil for none
	Int8   *f32.Int8      // the same, a byte each, frozen; W has then its shape alone
	Change *LowRank       // beside W; nil for none
}

// Frozen returns a value for the gradients of l, without memory for any.
func (l *Linear) Frozen() Linear {
	g := Linear{Int8: l.Int8}
	if l.Change != nil {
		g.Change = &LowRank{A: blas32.General{Rows: l.Change.A.Rows}}
	}
	return g
}

// Forward sets y (N,out) for the rows of x (N,in).
func (l *Linear) Forward(y, x blas32.General) {
	if l.Int8 != nil {
		f32.GemmInt8(x, l.Int8, y, f32.Epilogue{Bias: l.B})
	} else {
		f32.GemmThen(blas.NoTrans, blas.Trans, 1, x, l.W, 0, y, f32.Epilogue{Bias: l.B})
	}
	if l.Change != nil {
		l.Change.Forward(y, x)
	}
}

// Backward undoes y = x Wᵀ + b. It sets dx (N,in), or with beta 1 adds to it,
// unless that has no data, and adds to what grad has of
//
//	dx = dy W    dW += dyᵀ x    db += Σ_rows dy
func (l *Linear) Backward(dx blas32.General, beta float32, grad *Linear, dy, x blas32.General) {
	if dx.Data != nil && l.Int8 != nil {
		f32.GemmInt8Back(dy, l.Int8, beta, dx)
	} else if dx.Data != nil {
		f32.Gemm(blas.NoTrans, blas.NoTrans, 1, dy, l.W, beta, dx)
	}
	if grad.W.Data != nil {
		f32.Gemm(blas.Trans, blas.NoTrans, 1, dy, x, 1, grad.W)
	}
	if grad.B != nil {
		f32.SumRows(grad.B, dy)
	}
	if l.Change != nil {
		l.Change.Backward(dx, grad.Change, dy, x)
	}
}

// Row sets dst (in) to row i of W.
func (l *Linear) Row(dst []float32, i int) {
	if l.Int8 != nil {
		l.Int8.Row(dst, i)
	} else {
		copy(dst, f32.Row(l.W, i))
	}
}

// Fit makes each of some matrices one of N rows, for which it has room.
func Fit(N int, matrices ...*blas32.General) {
	for _, m := range matrices {
		m.Rows, m.Data = N, m.Data[:N*m.Stride]
	}
}
