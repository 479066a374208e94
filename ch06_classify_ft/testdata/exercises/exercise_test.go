package classify

import (
	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/exercise"
)

var _ = exercise.Unsolved // used, even when all is solved

// Exercise 6.1: Two kinds of mistakes.
//
// PrecisionRecall tells them apart. The precision is the share of true spam
// among the messages that were called spam: below 1, messages from friends have
// been lost. The recall is the share of the spam that was called so: below 1,
// some spam came through. Where there is nothing to take a share of, the result
// is 1, because no such mistake was made.
//
// For Confusion{{50, 10}, {5, 30}} they are 0.75 and 0.857142….
func PrecisionRecall(c Confusion) (precision, recall float64) {
	panic(exercise.Unsolved)
}

// Exercise 6.2: An adapter beside its matrix.
//
// AdaptedForward computes what a linear layer with weights W + Scale·A·B would,
// without ever forming that matrix: it sets y (N,out) to
//
//	y = xW + b + Scale·(xA)B
//
// for x (N,in). The product xA is thin, (N,r), which makes the extra work small.
// Nothing but y changes. A layer whose B is nil has no bias.
//
// With x = (1 2), W = I, b = (10 20), A = (1 -1)ᵀ, B = (2 6) and a Scale of 0.5,
// y is (10 19).
func AdaptedForward(y, x blas32.General, layer attention.Linear, change LowRank) {
	panic(exercise.Unsolved)
}
