package pretrain

import "github.com/llm-from-scratch/llm/internal/exercise"

var _ = exercise.Unsolved // used, even when all is solved

// Exercise 5.1: Bits per byte.
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

// Exercise 5.2: A loss that is never quite sure.
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
