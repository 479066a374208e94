package pretrain

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// CrossEntropy takes the loss of every row from the reader's function.
func CrossEntropy(logits blas32.General, targets []int) float64 {
	n := countTargets(logits, targets)
	total := f32.SumOf(logits.Rows, 8, func(i int) float64 {
		if targets[i] == Ignore {
			return 0
		}
		return RowLoss(f32.Row(logits, i), targets[i])
	})
	return total / float64(n)
}
