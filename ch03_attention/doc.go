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
//	heads.go      many heads side by side in one matrix
//	online.go     a softmax that meets its scores a few at a time
//	tiles.go      the heads' weights, made where they are needed and never kept
//	multihead.go  self-attention as GPT-2 has it
//	cross.go      queries from one sequence, keys and values from another
//
// Everywhere B is the number of sequences in the batch, T the positions of a
// sequence, S the positions looked at (S = T in self-attention), C the width
// of a vector, H the number of heads and D = C/H the width of one.
package attention
