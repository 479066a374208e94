package classify

import (
	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/exercise"
)

var _ = exercise.Unsolved // used, even when all is solved

// Exercise 6.1: Where the head reads (5 minutes).
//
// The vectors of a batch are one matrix: T rows for the first message, then T rows for
// the second, and so on. LastRows returns, for each message, the row of its last real
// token, given how many tokens each has. A message with more than T tokens was cut off
// after its first T. None is empty.
//
// LastRows([]int{3, 5, 1}, 5) is 2 9 10.
func LastRows(lengths []int, T int) []int {
	panic(exercise.Unsolved)
}

// Exercise 6.2: Two kinds of mistakes (10 minutes).
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

// Exercise 6.3: The rarer counts more (15 minutes).
//
// Balance throws messages away. A gentler way is to keep them all and to multiply the loss
// of each by a weight of its class. ClassWeights returns these weights, given the label of
// each message, 0 to classes-1. All classes together shall count alike: the number of its
// messages times its weight is the same for each class that has any. And the weights of all
// messages shall have the mean 1, so that the learning rate need not change. A class without
// messages has the weight 0.
//
// For the labels 0 0 0 1 and two classes they are 0.6667 and 2: three times 0.6667 is as
// much as once 2, and all four together are 4.
func ClassWeights(labels []int, classes int) []float64 {
	panic(exercise.Unsolved)
}

// Exercise 6.4: Nobody's letter may be lost (20 minutes).
//
// A filter need not call a message spam as soon as the probability is above one half. Somebody
// who cannot afford to lose a message calls it spam only from a higher threshold on.
//
// Threshold is given, for messages whose labels are known, the probabilities of spam and the
// labels, 0 for ham and 1 for spam. It returns the lowest of these probabilities that may be
// the threshold, so that as much spam as possible is found: of the ham no more than the share
// most has a probability that is the threshold or above. Where none of them may, it returns
// infinity, math.Inf(1), which nothing reaches. Of no ham at all none is lost.
//
// For the probabilities 0.1 0.6 0.7 0.9, the labels 0 0 1 1 and a share of 0, it is 0.7. For a
// share of 0.5, one of the two may be lost, and it is 0.6.
func Threshold(spam []float64, labels []int, most float64) float64 {
	panic(exercise.Unsolved)
}

// Exercise 6.5: Experiment: the head alone (10 minutes and a run).
//
// The model of chapter 5 is in runs/newton (go run ./cmd/llm pretrain puts it there). Let
// all of it stay as it is, and train only the new head, 258 numbers of 941,058:
//
//	go run ./cmd/llm classify train -layers head -out runs/head
//	go run ./cmd/llm classify eval -model runs/head
//
// The second command says how many percent of 264 held-out practice messages are sorted right. Where
// all layers learn, which is what -layers all does, they are 99.62. A coin would get 50. Guess
// first: what has a model that has read one book by Newton gathered at its last token that
// tells spam from ham? OnlyTheHead returns the number of percent.
func OnlyTheHead() (percent float64) {
	panic(exercise.Unsolved)
}

// Exercise 6.6: An adapter beside its matrix (30 minutes).
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

// Exercise 6.7: And the way back (45 minutes).
//
// AdaptedBackward undoes AdaptedForward, given dy (N,out), and never forms dW either: that is
// the saving which this chapter leaves out. It sets dx (N,in), and adds to grad.A and grad.B the
// gradients of change.A and change.B. W and b are frozen and need none. Derive the three, with
// chapter 3's rule for a product twice: z = xA is one, and zB is another.
//
// With the numbers of exercise 6.6 and dy = (1 0), dx is (2 -1), grad.A gets (1 2)ᵀ, and grad.B
// gets (-0.5 0).
func AdaptedBackward(dx, dy, x blas32.General, layer attention.Linear, change LowRank, grad *LowRank) {
	panic(exercise.Unsolved)
}

// Exercise 6.8: No surer than it is right (an evening).
//
// A model trained until its loss is almost zero is sure of everything, its mistakes included.
// The simplest cure (Guo and others 2017) changes none of its answers: its logits are divided by a
// temperature, as chapter 5 does it when it samples, and the temperature is chosen so that
// the loss on messages that were not trained on is smallest.
//
// Calibrate returns that temperature, for the logits (N,classes) of messages and their labels,
// to a hundredth of itself, and between 0.01 and 100: where the best one is beyond, the
// end that is nearer to it. The logits stay as they are.
//
// For four messages that all have the logits 4 and 0, and of which three have the label 0, it is
// 3.641: then the model says 0.75, and is right three times in four.
func Calibrate(logits blas32.General, labels []int) float64 {
	panic(exercise.Unsolved)
}
