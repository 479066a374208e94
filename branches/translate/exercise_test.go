package translate

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/exercise"
)

var _ = exercise.Unsolved // used, even when all is solved

// Exercise translate.1: A number in Chinese (30 minutes).
//
// WriteChinese writes n, from 0 to 999,999,999,999, as the grammar does. Digits go in groups of
// four: the last as it is, the one before with 万 behind it, and the one before that with 亿. In a
// group 千 stands behind the thousands, 百 behind the hundreds and 十 behind the tens. Zeros at the
// end of a group are silent; those before a digit, inside a group or at the start of any but the first,
// are one 零 together: 1005 is 一千零五, 12,305,000 is 一千二百三十万五千, and 12,300,005 is
// 一千二百三十万零五. Of a group of zeros nothing is written but the 零 of what comes behind it.
//
// Ten to nineteen begin with 十 at the start of the whole number, and with 一十 elsewhere. 2 is
// always 二. The digits are 零一二三四五六七八九.
func WriteChinese(n int64) string {
	panic(exercise.Unsolved)
}

// Exercise translate.2: Where is it? (15 minutes).
//
// Wave is the vector that is added to the word at a position, for a model of C columns: column 2i is the
// sine and column 2i+1 the cosine of position / 10000^(2i/C). C is even.
//
// At position 1, in four columns, it is 0.8415 0.5403 0.0100 0.99995.
func Wave(position, C int) []float32 {
	panic(exercise.Unsolved)
}

// Exercise translate.3: A look across by hand (30 minutes).
//
// LookAcross is one head of cross-attention: queries q (T,D) of a text, keys k and values v (S,D)
// of a source of which only the first n rows are words and the others padding. It returns
// what every position of the text finds (T,D), a new matrix: a mixture of the n values, by
// the softmax of the scores q·k/√D. Whatever the padding holds, infinities too, has no part in it.
//
// The query 2 0 has the keys 0 0, ln 3/√2 0 and a padding: its scores are 0 and ln 3, the weights
// 0.25 and 0.75. With values 4 0 and 0 4 it finds 1 3.
func LookAcross(q, k, v blas32.General, n int) blas32.General {
	panic(exercise.Unsolved)
}

// Exercise translate.4: Less than sure (20 minutes).
//
// SmoothedGradient is the gradient by the logits of the cross-entropy against a target that is
// smoothed by eps: the right id gets 1-eps, and eps is shared out evenly among all ids, the
// right one too. It returns a new slice; logits of a thousand are no reason for an overflow.
//
// Two logits of 0, the first of them right, and eps 0.2: the model says 0.5 0.5 and should
// say 0.9 0.1, so the gradient is -0.4 0.4.
func SmoothedGradient(logits []float32, target int, eps float64) []float32 {
	panic(exercise.Unsolved)
}

// Exercise translate.5: A beam (45 minutes).
//
// BeamSearch looks for the best text. Given one, next returns the log-probability of every
// id that may follow; the empty text is the beginning, and id 0 ends a text. In each round all open
// texts are extended by all ids; of these candidates, those of all texts together, the width
// with the largest sums of log-probabilities stay. Those among them that end are finished, the
// others are open in the next round. It is over when nothing is open, or after most rounds.
//
// The score of a finished text is its sum divided by the number of its ids, the 0 at its end among them, to the
// power of alpha. BeamSearch returns the ids of the finished text with the largest score, its 0 too, or
// nil if there is none. No two sums or scores will be equal.
func BeamSearch(next func(text []int) []float64, width, most int, alpha float64) []int {
	panic(exercise.Unsolved)
}
