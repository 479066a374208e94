package attention

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/exercise"
)

var _ = exercise.Unsolved // used, even when all is solved

// Exercise 3.1: What one query finds.
//
// Look returns the average of the rows of values (S,D), weighted by how well
// the keys (S,D) answer the query (D): the weights are the softmax of the
// products of query and keys, each divided by the square root of D first. The
// query, the keys and the values stay as they are.
//
// With the query 1 1 0 0, the keys 2 0 0 0, 0 0 5 5 and 2 2 0 0, and the values
// 10 0 0 0, 0 10 0 0 and 20 0 0 0, it is 15.7521 0.9003 0 0.
func Look(query []float32, keys, values blas32.General) []float32 {
	panic(exercise.Unsolved)
}

// Exercise 3.2: A window on the past.
//
// MaskWindow sets to minus infinity what a query must not see of its scores
// (T,T): the future, and everything but the last size positions, its own among
// them. This keeps the cost of long texts down (Beltagy, Peters, Cohan 2020).
//
// With size 2 and scores of 4 by 4 there stay: of row 0 the score 0, of row 1
// the scores 0 and 1, of row 2 the scores 1 and 2, of row 3 the scores 2 and 3.
func MaskWindow(scores blas32.General, size int) {
	panic(exercise.Unsolved)
}
