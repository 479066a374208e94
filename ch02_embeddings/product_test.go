package embeddings_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// The first matrix product of the published book's appendix A: a (2, 3) matrix
// with its own transpose.
func TestPublishedMatrixProduct(t *testing.T) {
	a := f32.View([]float32{1, 2, 3, 4, 5, 6}, 2, 3)
	c := f32.New(2, 2)
	f32.Gemm(blas.NoTrans, blas.Trans, 1, a, a, 0, c)
	require.Equal(t, []float32{14, 32, 32, 77}, c.Data)

	transposed := f32.View([]float32{1, 4, 2, 5, 3, 6}, 3, 2)
	f32.Gemm(blas.NoTrans, blas.NoTrans, 1, a, transposed, 0, c)
	require.Equal(t, []float32{14, 32, 32, 77}, c.Data)
}
