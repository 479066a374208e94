package attention

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// Linear is the layer y = xW + b: every output is a weighted sum of the inputs.
//
// In a gradient, which is another Linear, a W or B without data belongs to
// weights that are not trained.
type Linear struct {
	W blas32.General // (in, out)
	B []float32      // (out), or nil for none
}

// NewLinear returns a layer of zeros.
func NewLinear(in, out int, bias bool) Linear {
	l := Linear{W: f32.New(in, out)}
	if bias {
		l.B = make([]float32, out)
	}
	return l
}

// InitUniform draws the weights and the bias from ±1/√in, PyTorch's default
// for a linear layer.
func (l *Linear) InitUniform(rng *rand.Rand) {
	bound := float32(1 / math.Sqrt(float64(l.W.Rows)))
	for _, data := range [][]float32{l.W.Data, l.B} {
		for i := range data {
			data[i] = bound * (2*rng.Float32() - 1)
		}
	}
}

// Forward sets y (N,out) to xW + b for the rows of x (N,in).
func (l *Linear) Forward(y, x blas32.General) {
	f32.GemmThen(blas.NoTrans, blas.NoTrans, 1, x, l.W, 0, y, f32.Epilogue{Bias: l.B})
}

// Backward undoes y = xW + b, given dy (N,out) and the x (N,in) of the forward
// pass:
//
//	dx = dy Wᵀ    dW += xᵀ dy    db += Σ_rows dy
//
// dx is set, or left alone where it has no data; the gradients accumulate in
// grad, except for the frozen ones, which have no data and cost nothing.
func (l *Linear) Backward(dx blas32.General, grad *Linear, dy, x blas32.General) {
	if dx.Data != nil {
		f32.Gemm(blas.NoTrans, blas.Trans, 1, dy, l.W, 0, dx)
	}
	if grad.W.Data != nil {
		f32.Gemm(blas.Trans, blas.NoTrans, 1, x, dy, 1, grad.W)
	}
	if grad.B != nil {
		f32.SumRows(grad.B, dy)
	}
}
