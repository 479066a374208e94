package attention

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// Softmax turns the scores in row, in place, into weights that are positive
// and sum to one:
//
//	w_j = exp(s_j) / Σ_k exp(s_k)
//
// A score of -Inf becomes a weight of exactly 0. The largest score is
// subtracted first: the weights stay the same and exp cannot overflow.
func Softmax(row []float32) {
	sum := f32.ExpShifted(row, row, f32.Max(row))
	f32.Scale(1/sum, row)
}

// SoftmaxBackward sets ds, the gradient of the scores, from the weights w that
// [Softmax] made of them and the gradient dw of those weights. It undoes
//
//	w_j = exp(s_j) / Σ_k exp(s_k)   ⇒   ds_j = w_j (dw_j - Σ_k w_k dw_k)
//
// ds may be dw.
func SoftmaxBackward(ds, w, dw []float32) {
	mean := f32.Dot(w, dw)
	for j, wj := range w {
		ds[j] = wj * (dw[j] - mean)
	}
}

// SoftmaxRows applies [Softmax] to every row of m.
func SoftmaxRows(m blas32.General) {
	for i := range m.Rows {
		Softmax(f32.Row(m, i))
	}
}
