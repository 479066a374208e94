package attention

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// Scores returns how alike any two rows of x (T,C) are, as their dot products:
// a symmetric (T,T) matrix.
func Scores(x blas32.General) blas32.General {
	scores := f32.New(x.Rows, x.Rows)
	f32.Gemm(blas.NoTrans, blas.Trans, 1, x, x, 0, scores)
	return scores
}

// Simple is attention with nothing to train: every row of x (T,C) is replaced
// by an average of all rows, weighted by how alike they are. It returns the
// averages (T,C), called contexts, and the weights (T,T), whose rows sum to one.
func Simple(x blas32.General) (contexts, weights blas32.General) {
	weights = Scores(x)
	SoftmaxRows(weights)
	contexts = f32.New(x.Rows, x.Cols)
	f32.Gemm(blas.NoTrans, blas.NoTrans, 1, weights, x, 0, contexts)
	return contexts, weights
}
