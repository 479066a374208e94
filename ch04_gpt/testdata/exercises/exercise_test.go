package gpt

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/exercise"
)

var _ = exercise.Unsolved // used, even when all is solved

// Exercise 4.1: What a memory costs (5 minutes).
//
// CacheBytes returns how many bytes the keys and values take that a model of
// configuration c has kept when it has read tokens tokens: a key and a value in each
// layer for each token, four bytes to a number. It keeps no more tokens than its
// context; of a longer text it has forgotten the beginning.
//
// For GPT2Small and 1,024 tokens they are 75,497,472 bytes, this chapter's 72 MiB, and
// for 2,000 tokens they are as many.
func CacheBytes(c Config, tokens int) int {
	panic(exercise.Unsolved)
}

// Exercise 4.2: As wide as the budget allows (10 minutes).
//
// You have memory for so many parameters. Widest returns the largest width, a multiple
// of c.Heads, with which a model of configuration c stays within the budget; c.Width does not
// matter. Where even one number to each head is too many, it returns 0.
//
// For GPT2Small and 124,439,808, which is how many parameters that has, it is 768. With
// one fewer it is 756, because 12 heads must share it.
func Widest(c Config, budget int) int {
	panic(exercise.Unsolved)
}

// Exercise 4.3: A norm that subtracts nothing (15 minutes).
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

// Exercise 4.4: Another bend, and its slope (20 minutes).
//
// Today's models often bend with SiLU in place of GELU:
//
//	silu(x) = x · σ(x)   where   σ(x) = 1 / (1 + exp(-x))
//
// Derive its slope. SiLUBackward returns dx, given dy and the x of the forward pass: for
// each number the slope at x, times dy. Both arguments stay as they are. However large an x
// is, the result is a number: the slope tends to 1 on the right and to 0 on the left.
//
// At x = 0 the slope is 0.5, at 1 it is 0.9277.
func SiLUBackward(dy, x []float32) []float32 {
	panic(exercise.Unsolved)
}

// Exercise 4.5: Writing that ends (20 minutes).
//
// Greedy never stops by itself. WriteUntil returns the ids that m writes after prompt,
// the likeliest each time, until it writes end, or has written limit ids. The end
// itself is not part of the result, nor is the prompt, in which an end means nothing.
//
// Say that m always writes the id after the last one, 3 after 2. Then WriteUntil(m, []int{2},
// 6, 9) returns 3 4 5, and with 2 in place of 9 it returns 3 4.
func WriteUntil(m *Model, prompt []int, end, limit int) []int {
	panic(exercise.Unsolved)
}

// Exercise 4.6: Experiment: no way around (10 minutes and a run).
//
// Take the shortcuts away from the model: let a layer replace its input instead of
// adding to it. In ch04_gpt/block.go, put // in front of four lines, two in Layer.Forward
// and two in Block.Backward:
//
//	f32.Add(mid.Data, x.Data)
//	f32.Add(y.Data, mid.Data)
//	f32.Add(dmid.Data, dy.Data)
//	f32.Add(dx.Data, dmid.Data)
//
// The forward pass and the backward pass still agree, but the stream is gone. Train it for
// about a minute:
//
//	go run ./cmd/llm pretrain -steps 400 -every 100 -out runs/noshortcuts
//
// With shortcuts this run ends with a validation loss of 4.641890, which began at 6.945459.
// Guess first: what will it come to without? NoShortcuts returns the validation loss of
// step 400. Put the lines back when you are done: git diff shows whether you have.
func NoShortcuts() (loss float64) {
	panic(exercise.Unsolved)
}

// Exercise 4.7: The backward pass of RMSNorm (45 minutes).
//
// RMSNormBackward returns the gradient of the x of exercise 4.3, given the
// gradient dy of the result. Write r for one over the root, and y = x·r·weight.
// Nudging one x moves its own y, and moves r, which moves them all.
//
// With x = 3 4, weights of 1 and dy = 1 0 it is 0.1810 -0.1358.
func RMSNormBackward(dy, x, weight []float32) []float32 {
	panic(exercise.Unsolved)
}

// Exercise 4.8: The block of 2017 (an evening).
//
// GPT-2 has its norms in front of the sublayers. The first Transformer had them behind the
// sums, where they stand in the way of the shortcut:
//
//	x = norm1(x + attention(x))
//	x = norm2(x + mlp(x))
//
// PostNorm returns what a block b of that kind makes of x (N,C), whose rows are sequences
// of T positions each. The result is new; x and b stay as they are. Everything is there,
// b.Attention.Forward and its NewActivations from chapter 3, b.MLP and the norms from this
// one; there is no dropout.
//
// With all weights of attention and MLP zero, both norms the identity and C = 3, the row
// 1 2 3 becomes -1.2247 0 1.2247.
func PostNorm(b *Block, x blas32.General, T int) blas32.General {
	panic(exercise.Unsolved)
}
