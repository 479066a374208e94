package attention

import (
	"iter"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/exercise"
)

var _ = exercise.Unsolved // used, even when all is solved

// Exercise 3.1: The mean of the past (10 minutes).
//
// When all scores are equal, a causal head returns at each position the mean of what it
// has seen so far. PastMean computes that without any attention: row i of the result,
// which is new and has the shape of x (T,C), is the mean of the rows 0 to i of x.
//
// The rows 1 2, 3 4 and 8 0 become 1 2, 2 3 and 4 2.
func PastMean(x blas32.General) blas32.General {
	panic(exercise.Unsolved)
}

// Exercise 3.2: A softmax that breaks (10 minutes).
//
// SteadySoftmax turns every row of scores, in place, into weights that are positive and
// sum to one. Somebody wrote this body, and subtracted the largest score, so that no
// exponential overflows:
//
//	largest := f32.Max(scores.Data)
//	for i := range scores.Rows {
//		row, sum := f32.Row(scores, i), float32(0)
//		for j, s := range row {
//			row[j] = float32(math.Exp(float64(s - largest)))
//			sum += row[j]
//		}
//		f32.Scale(1/sum, row)
//	}
//
// With the rows 1 2 3 and 0 0 0 it is right. With the rows 0 0 and 200 200 it is not, and
// where scores is a part of a wider matrix it can go wrong, too. Write it right.
func SteadySoftmax(scores blas32.General) {
	panic(exercise.Unsolved)
}

// Exercise 3.3: A window on the past (15 minutes).
//
// MaskWindow sets to minus infinity what a query must not see of its scores (T,S): the
// future, and everything but the last size positions, its own among them. As in
// MaskFuture, the queries are the last T of the S positions. This keeps the cost of long
// texts down (Beltagy, Peters, Cohan 2020).
//
// With size 2 and scores of 4 by 4 there stay: of row 0 the score 0, of row 1
// the scores 0 and 1, of row 2 the scores 1 and 2, of row 3 the scores 2 and 3.
func MaskWindow(scores blas32.General, size int) {
	panic(exercise.Unsolved)
}

// Exercise 3.4: What the root is for (15 minutes).
//
// Scores are divided by √D, the root of the width of a query. Break that and see.
// Sharpness returns, for the queries q (T,D) and the keys k (S,D), the mean over all
// queries of the largest of their attention weights: once with scores that are not
// divided, and once with scores divided by √D. Nothing is masked; q and k stay as they are.
//
// With the query 2 0 0 0 and the keys 1 0 0 0 and 0 0 0 0 the scores are 2 and 0, and
// divided 1 and 0: it returns 0.8808 and 0.7311. For ten random keys and a D of 4, 64 and
// 1024, the first number is about 0.5, 0.86 and 0.96, nearly all or nothing in the end,
// and the second stays near 0.3.
func Sharpness(q, k blas32.General) (undivided, divided float32) {
	panic(exercise.Unsolved)
}

// Exercise 3.5: Experiment: eyes open (10 minutes and a run).
//
// Let a model see the future while it learns. In ch04_gpt/block.go, in the function
// look, the model asks for what MaskFuture does: there is one Causal: true. Make it
//
//	p := flash.Pass{Heads: a.heads, T: a.T, S: a.T, Causal: false}
//
// and train a model that reads 16 tokens at a time, for about a minute:
//
//	go run ./cmd/llm pretrain -context 16 -batch 64 -steps 400 -every 100 -out runs/nomask
//
// The validation loss says how badly the model guesses the next token of a text that it
// has not learned from. With the mask this run ends with 4.505563. Guess first: what will
// the loss be without, and what will the model write? NoMask returns the validation loss
// of step 400. Make it true again when you are done: git diff shows whether you have.
func NoMask() (loss float64) {
	panic(exercise.Unsolved)
}

// Exercise 3.6: What one query finds (20 minutes).
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

// Exercise 3.7: From one sequence to another (20 minutes).
//
// LookAcross makes cross-attention of a head that was built to look at its own
// sequence. It returns what the T rows of x (T,C) find among the S rows of memory (S,C):
// queries come from x, keys and values from memory. All of the memory may be seen,
// whatever h.Causal says. The result (T,D) is new; nothing else changes.
//
// A head with D = C = 1, all three weights 1 and no biases, in which an x of 0 looks at a
// memory of 2 and 6, has two scores of 0 and finds 4.
func LookAcross(h *Head, x, memory blas32.General) blas32.General {
	panic(exercise.Unsolved)
}

// Exercise 3.8: The logarithm of a softmax (30 minutes).
//
// A loss often wants the logarithms of the weights, and computes them at once,
// without making a weight of 0 first:
//
//	y_j = s_j - log(Σ_k exp(s_k))
//
// LogSoftmaxBackward is the backward pass that this chapter leaves out. It returns the
// gradient ds of the scores, given the scores and the gradient dy of y. Both stay as they
// are. Nudge one score: its own y moves with it, and the logarithm moves all of them.
//
// With the scores 0 and 0 and a dy of 1 0 it is 0.5 -0.5.
func LogSoftmaxBackward(scores, dy []float32) []float32 {
	panic(exercise.Unsolved)
}

// Exercise 3.9: Attention that remembers no weights (an evening).
//
// Look needs all weights at once, because of the sum that divides them. LookOnce returns
// the same, but its keys and values come one pair after the other, and each may be looked
// at only once: the two slices are overwritten before the next pair comes. There may be
// millions, so it must not keep them, nor a number for each. At least one comes, and the
// last ones count as much as the first.
//
// This is how chapter 4 can attend to long texts without a matrix of weights. The
// difficulty is the largest score, which must be subtracted but is not known until the
// end: keep the largest so far, and correct what you have when a larger one comes.
//
// With the query 1 and the pairs (key 0, value 4) and (key 1.0986, value 8) it is 7.
func LookOnce(query []float32, pairs iter.Seq2[[]float32, []float32]) []float32 {
	panic(exercise.Unsolved)
}
