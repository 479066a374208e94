// Package attention lets positions of a sequence look at each other.
//
// Chapter 2 turned every token into a vector that knows which token it is and
// where it stands, and nothing of its neighbours. Attention mixes the vectors:
// each position scores every position it may see, turns the scores into
// weights that sum to one, and takes the weighted average.
//
// Read the files in this order:
//
//	softmax.go    scores become weights, forward and backward
//	simple.go     attention with nothing to train
//	linear.go     the trainable product y = xW + b
//	mask.go       no position sees the future
//	dropout.go    forgetting at random while training
//	head.go       one head: queries, keys, values
//	sidebyside.go many heads side by side in one matrix
//	multihead.go  self-attention as GPT-2 has it
//	cross.go      queries from one sequence, keys and values from another
//
// All here is as plain as the formulas. A model of some size uses internal/flash,
// which computes the same without keeping the weights.
//
// Four rules hold for the layers of the whole book. A layer is its weights, a
// method never changes them, and what a pass needs, its scratch memory too, belongs
// to the activations that the caller brings. A gradient is another value of the
// type of the thing it is the gradient of, weights, activations and inputs alike:
// those of weights accumulate, the others are set. What has weights or room is used
// by pointer, and what only says how, such as a SideBySide, is a value. And every
// Backward takes its arguments in one order, those it has no use for left out:
//
//	Backward(dx, grad, d, a, dy, x)
//
// dx, which it sets, grad, which it adds to, d, the gradients of the activations
// a, then dy, the gradient of the output, and the inputs x of the forward pass.
//
// Everywhere B is the number of sequences in the batch, T the positions of a
// sequence, S the positions looked at (S = T in self-attention), C the width
// of a vector, H the number of heads and D = C/H the width of one.
package attention
