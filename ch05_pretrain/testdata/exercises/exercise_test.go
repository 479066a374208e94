package pretrain

import "github.com/llm-from-scratch/llm/internal/exercise"

var _ = exercise.Unsolved // used, even when all is solved

// Exercise 5.1: As hard as a guess among four (5 minutes).
//
// TextPerplexity returns the perplexity of a text, given the probability that a model gave
// to each token that came. Where one of them is 0, it is infinite, and where there
// are none, it is NaN, as the loss is.
//
// For 0.5 and 0.125 it is 4: both together are as likely as two guesses among four. For a
// thousand times 0.001 it is 1000, although their product is too small for any float.
func TextPerplexity(probabilities []float64) float64 {
	panic(exercise.Unsolved)
}

// Exercise 5.2: Bits per byte (10 minutes).
//
// A loss per token says nothing until one knows how much text a token holds: a
// model with longer tokens has fewer and harder guesses to make. Bits per byte
// can be compared whatever the tokenizer. BitsPerByte is given the loss of each
// token, in nats, and the text of each token. It returns the sum of the losses
// in bits, of which there are 1/ln 2 to a nat, divided by the number of bytes,
// and 0 where there are no bytes.
//
// BitsPerByte([]float64{1.3863, 0.6931}, []string{"light", " of"}) is 0.3750:
// two bits and one bit, for eight bytes.
func BitsPerByte(losses []float64, pieces []string) float64 {
	panic(exercise.Unsolved)
}

// Exercise 5.3: A loss that overflows (10 minutes).
//
// RowLoss returns -log p(target) for one row of logits, which stay as they are. Somebody
// wrote this body:
//
//	var sum float32
//	for _, l := range logits {
//		sum += float32(math.Exp(float64(l)))
//	}
//	p := float32(math.Exp(float64(logits[target]))) / sum
//	return -math.Log(float64(p))
//
// With the logits 1 2 3 and the target 0 it is right, 2.4076. With 200 0 and the target 0
// it returns NaN in place of 0, and with 200 0 and the target 1 infinity in place of 200.
// Write it right.
func RowLoss(logits []float32, target int) float64 {
	panic(exercise.Unsolved)
}

// Exercise 5.4: A step with momentum (15 minutes).
//
// MomentumStep moves the weights p along a running sum of their gradients, as this
// chapter's first remedy does:
//
//	m ← keep·m + g
//	p ← p - rate·m
//
// It changes m in place, to be used again in the next step, and leaves g at zero.
//
// With p = 1, g = 100, m = 0, a rate of 0.01 and a keep of 0.9, p becomes 0 and m 100. If the
// next gradient is 0, p becomes -0.9 and m 90: it rolls on.
func MomentumStep(p, g, m []float32, rate, keep float32) {
	panic(exercise.Unsolved)
}

// Exercise 5.5: An AdamW with three mistakes (20 minutes).
//
// MendedAdamW takes step t of AdamW, 1 for the first, with the settings that stand in its first
// line, decay for all weights, and no clipping. It changes p, m and v, and leaves g at zero.
// Somebody wrote this body:
//
//	const beta1, beta2, epsilon, decay = 0.9, 0.95, 1e-8, 0.1
//	for i := range p {
//		g[i] += decay * p[i]
//		m[i] = beta1*m[i] + (1-beta1)*g[i]
//		v[i] = beta2*v[i] + (1-beta2)*g[i]*g[i]
//		mean := m[i] / (1 - beta1)
//		square := v[i] / (1 - beta2)
//		p[i] -= rate * mean / math.Sqrt(square+epsilon)
//		g[i] = 0
//	}
//
// It trains, which is the bad thing about it: only worse. For p = 0, g = 2 and t = 1 it is even
// right. Find the three mistakes, and write it right.
//
// With p = 1, g = 2, averages of 0, a rate of 0.01 and t = 1, p becomes 0.989: the decay takes
// a thousandth, and the step a hundredth.
func MendedAdamW(p, g, m, v []float64, rate float64, t int) {
	panic(exercise.Unsolved)
}

// Exercise 5.6: Experiment: ten times the rate (10 minutes and a run).
//
// Newton's model trains with a largest rate of 0.003. Is that too careful? Take ten times
// as much:
//
//	go run ./cmd/llm pretrain -rate 0.03 -steps 400 -every 100 -out runs/bold
//
// The gradients are clipped, and the schedule warms up and cools down as always. With 0.003 this
// run ends with a validation loss of 4.641890. Guess first: will it learn faster, or worse,
// or nothing? Then start it, and after a minute let TenTimes return the validation loss of
// step 400. The samples of such a run are worth a look, too.
func TenTimes() (loss float64) {
	panic(exercise.Unsolved)
}

// Exercise 5.7: What stays within p (25 minutes).
//
// Nucleus does what top-p does, but leaves each token in its place. It returns new
// probabilities: the likeliest tokens that together reach p share what there is, each divided
// by their sum, and all others have 0. Between equals the first one is the likelier. Whatever p
// is, one token stays. The probabilities sum to one, and stay as they are.
//
// For 0.2 0.5 0 0.3 and p = 0.75 it is 0 0.625 0 0.375: the 0.5 alone does not reach 0.75,
// with the 0.3 it does.
func Nucleus(probabilities []float64, p float64) []float64 {
	panic(exercise.Unsolved)
}

// Exercise 5.8: A loss that is never quite sure (30 minutes).
//
// Cross-entropy wants the target's probability to be 1, for which its logit
// would have to be infinite. Label smoothing (Szegedy and others 2015) asks for
// less. Of the wanted probability it takes the share smoothing and spreads it
// evenly over all V tokens, the target among them. With q_j wanted of token j,
// the loss of the row is -Σ_j q_j·log p_j.
//
// SmoothedBackward returns the gradient of that loss for one row of logits,
// which stay as they are. With logits 1 2 3, target 0 and smoothing 0.3 it wants
// 0.8 0.1 0.1 and returns -0.7100 0.1447 0.5652.
func SmoothedBackward(logits []float32, target int, smoothing float32) []float32 {
	panic(exercise.Unsolved)
}

// Exercise 5.9: The likeliest text (an evening).
//
// Greedy takes the likeliest token each time, and yet its text need not be the likeliest: a
// good beginning can lead nowhere. BeamSearch keeps the width likeliest beginnings, the
// beams. In each step every beam is continued by every token, and of all these the width
// likeliest go on. It returns the n ids after prompt of the likeliest beam in the end. The
// probability of a text is the product of those of its tokens; between equals, the first
// token and the beam that stood further up are the likelier.
//
// The function logits returns what comes after a text, one number for each token. Do not
// overwrite the text that you gave to it, nor the logits.
//
// Say that 0 has the probability 0.6 at first and 1 has 0.4, and that after 0 both are equally
// likely, but after 1 always comes 0. For n = 2, a width of 1, which is greedy, returns 0 0 with a
// probability of 0.3, and a width of 2 returns 1 0 with 0.4.
func BeamSearch(logits func(text []int) []float32, prompt []int, n, width int) []int {
	panic(exercise.Unsolved)
}
