package pretrain

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// CrossEntropyBackward takes the gradient of every row from the reader's function, with
// nothing smoothed.
func CrossEntropyBackward(logits blas32.General, targets []int, scale float32) float64 {
	loss := CrossEntropy(logits, targets)
	n := countTargets(logits, targets)
	f32.Run(logits.Rows, 1, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			row := f32.Row(logits, i)
			if targets[i] == Ignore {
				clear(row)
				continue
			}
			copy(row, SmoothedBackward(row, targets[i], 0))
			f32.Scale(scale/float32(n), row)
		}
	})
	return loss
}
