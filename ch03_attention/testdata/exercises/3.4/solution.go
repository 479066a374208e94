package attention

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

func Sharpness(q, k blas32.General) (undivided, divided float32) {
	mean := func(factor float32) (mean float32) {
		scores := f32.New(q.Rows, k.Rows)
		f32.Gemm(blas.NoTrans, blas.Trans, factor, q, k, 0, scores)
		SoftmaxRows(scores)
		for i := range scores.Rows {
			mean += f32.Max(f32.Row(scores, i)) / float32(scores.Rows)
		}
		return mean
	}
	return mean(1), mean(float32(1 / math.Sqrt(float64(q.Cols))))
}
