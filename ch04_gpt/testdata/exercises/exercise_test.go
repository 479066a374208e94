package gpt

import "github.com/llm-from-scratch/llm/internal/exercise"

var _ = exercise.Unsolved // used, even when all is solved

// Exercise 4.1: A norm that subtracts nothing.
//
// RMSNorm is what Llama uses in place of LayerNorm (Zhang and Sennrich 2019).
// It returns x, each value divided by the root of the mean of all squares, with
// 1e-5 added to that mean, and then multiplied by its weight. The x stays as it
// is.
//
// RMSNorm([]float32{3, 4}, []float32{1, 10}) is 0.8485 11.3137: the mean of 9
// and 16 is 12.5, whose root is 3.5355.
func RMSNorm(x, weight []float32) []float32 {
	panic(exercise.Unsolved)
}

// Exercise 4.2: Its backward pass.
//
// RMSNormBackward returns the gradient of the x of exercise 4.1, given the
// gradient dy of the result. Write r for one over the root, and y = x·r·weight.
// Nudging one x moves its own y, and moves r, which moves them all.
//
// With x = 3 4, weights of 1 and dy = 1 0 it is 0.1810 -0.1358.
func RMSNormBackward(dy, x, weight []float32) []float32 {
	panic(exercise.Unsolved)
}
