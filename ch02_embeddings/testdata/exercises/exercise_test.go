package embeddings

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/exercise"
)

var _ = exercise.Unsolved // used, even when all is solved

// Exercise 2.1: One question of many (5 minutes).
//
// A batch of B windows with T ids each asks B·T questions. QuestionAt returns the
// one at position t of window b, where both count from 0: the context, which is the
// window's ids from its first to the one at t, and the target, the id that comes next.
//
// With T = 2, Inputs 1 2 5 6 and Targets 2 3 6 7, the question at b = 1, t = 0 has the
// context 5 and the target 6; the one at b = 1, t = 1 has the context 5 6 and the
// target 7.
func QuestionAt(batch Batch, b, t int) (context []int, target int) {
	panic(exercise.Unsolved)
}

// Exercise 2.2: The gradient of one word (10 minutes).
//
// RowGradient returns the gradient of the loss along row id of the token table,
// given dx, the gradient along x, with a row for each of ids. Nothing else changes.
//
// For "the cat the" with the ids 0 1 0, one number to a vector and dx = 2 3 5, it is 7
// for id 0, 3 for id 1, and 0 for an id that was not in the sentence.
func RowGradient(dx blas32.General, ids []int, id int) []float32 {
	panic(exercise.Unsolved)
}

// Exercise 2.3: A product that is right nearly always (15 minutes).
//
// Product sets c (N,M) to a (N,K) times b (K,M). Somebody wrote this body for it, and
// it makes 14 32 32 77 of this chapter's first example, as it should:
//
//	for i := range a.Rows {
//		for j := range b.Cols {
//			for k := range a.Cols {
//				c.Data[i*c.Cols+j] += a.Data[i*a.Cols+k] * b.Data[k*b.Cols+j]
//			}
//		}
//	}
//
// Yet for some matrices it is wrong. Find out for which, in two ways, and write it
// right. What lies in memory between the rows of c is somebody else's, and stays as it is.
func Product(c, a, b blas32.General) {
	panic(exercise.Unsolved)
}

// Exercise 2.4: How often each id is asked for (15 minutes).
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

// Exercise 2.5: Experiment: without a place (10 minutes and a run).
//
// Take the positions away from the model. In ch02_embeddings/embedding.go, put // in
// front of two lines: in Embedding.Forward the one that adds the position's row, and in
// Embedding.Backward the one that adds to grad.Positions,
//
//	f32.Add(row, f32.Row(e.Positions, at+i%T))
//	f32.Add(f32.Row(grad.Positions, i%T), dxi)
//
// and train the model of chapter 1, for about a minute:
//
//	go run ./cmd/llm pretrain -steps 400 -every 100 -out runs/noplaces
//
// The validation loss says how badly the model guesses the next token of a text that it
// has not read. With positions this run ends with 4.641890. Guess first: how much worse
// will it be without? NoPositions returns the validation loss of step 400. Put the two
// lines back when you are done: git diff shows whether you have.
func NoPositions() (loss float64) {
	panic(exercise.Unsolved)
}

// Exercise 2.6: The gradient of a third table (20 minutes).
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

// Exercise 2.7: Positions that nobody learns (30 minutes).
//
// The Transformer of 2017 has no table of positions to learn. It computes one, of waves
// that are the slower the further right their column: Waves returns a matrix
// (context,C), C even, whose row p has in its columns 2k and 2k+1 the numbers
//
//	sin(p / 10000^(2k/C))   and   cos(p / 10000^(2k/C))
//
// With C = 4, row 0 is 0 1 0 1, and row 1 is 0.8415 0.5403 0.0100 1.0000.
func Waves(context, C int) blas32.General {
	panic(exercise.Unsolved)
}

// Exercise 2.8: A lookup that is scaled (30 minutes).
//
// The same Transformer multiplies the token's vector by the root of the width, so
// that the waves do not drown it:
//
//	x[i] = √C · Tokens[ids[i]] + Positions[i%T]
//
// ScaledBackward is the backward pass of that: it adds the gradients of both tables to
// grad. Row i of dx, which stays as it is, is the gradient of the loss along row i of x.
//
// With C = 4, T = 1, ids = 0 and a dx of 1 2 3 4, it adds 2 4 6 8 to row 0 of Tokens and
// 1 2 3 4 to row 0 of Positions.
func ScaledBackward(grad *Embedding, dx blas32.General, ids []int, T int) {
	panic(exercise.Unsolved)
}

// Exercise 2.9: How unfair the wrong shuffle is (45 minutes).
//
// This chapter warns of a variant of the shuffle, in which each place swaps with one
// drawn from all places, and not from itself and the places before. For three things
// it draws three times among three, from the last place down, which makes 27 equally
// likely paths. UnfairPaths goes all of them, and returns how many end with the order
//
//	0 1 2    0 2 1    1 0 2    1 2 0    2 0 1    2 1 0
//
// of the things 0, 1 and 2: six numbers, which sum to 27.
func UnfairPaths() []int {
	panic(exercise.Unsolved)
}
