package toy

import "github.com/llm-from-scratch/llm/internal/exercise"

var _ = exercise.Unsolved // used, even when all is solved

// Exercise 3.1: Weights that sum to one.
//
// Weights turns scores into attention weights: each is exp(score) divided by
// the sum of all of them. Scores may be large: subtract the greatest one before
// the exponential. The scores stay as they are.
//
// Weights([]float32{1, 2, 3}) is 0.0900 0.2447 0.6652, and three scores of
// 1000 give a third each.
func Weights(scores []float32) []float32 {
	panic(exercise.Unsolved)
}

// Exercise 3.2: Nobody sees the future.
//
// Hide sets the scores that look ahead to minus infinity: scores holds n rows
// of n, and row i may see the columns 0 to i.
//
// For n = 2, the scores 1 2 3 4 become 1 -Inf 3 4.
func Hide(scores []float32, n int) {
	panic(exercise.Unsolved)
}
