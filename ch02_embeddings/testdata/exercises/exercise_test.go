package embeddings

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/exercise"
)

var _ = exercise.Unsolved // used, even when all is solved

// Exercise 2.1: How often each id is asked for.
//
// TargetCounts returns how many times each id of a text is a target when
// the text, n ids long, is cut into windows of length ids that begin
// stride ids apart. The result has n numbers, one for each place in the
// text. The text is longer than length.
//
// TargetCounts(10, 4, 2) is 0 1 1 2 2 2 2 1 1 0.
func TargetCounts(n, length, stride int) []int {
	panic(exercise.Unsolved)
}

// Exercise 2.2: The gradient of a third table.
//
// BERT reads two texts at once and has a third table, with one row for
// each of the two. Row i of x belongs to text segments[i], and
//
//	x[i] = Tokens[ids[i]] + Positions[i%T] + Segments[segments[i]]
//
// SegmentsBackward adds the gradient of Segments to grad. Row i of dx is
// the gradient of the loss with respect to row i of x.
//
// With rows of one number, dx = 1 10 100 1000 and segments = 0 0 1 1, it
// adds 11 to the first row of grad and 1100 to the second.
func SegmentsBackward(grad, dx blas32.General, segments []int) {
	panic(exercise.Unsolved)
}
