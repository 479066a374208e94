// Package bert builds BERT (Devlin et al. 2018), the sibling of the GPT that sees a
// text from both sides: the model, its training by masked words, and the vectors of
// whole sentences that search by meaning works with.
//
// Read the files in this order:
//
//	config.go     the sizes of a model, and what stands on top of it
//	gelu.go       the bend, exact
//	attention.go  attention that sees all but padding
//	block.go      attention and feed-forward network, each with a norm behind the sum
//	params.go     the one list of parameters: names, shapes, order
//	model.go      the encoder, forward and backward
//	heads.go      what is read off the encoder: masked words, and classes
//	learner.go    two models with a loss, for the loop of chapter 5
//	load.go       a model in its files
//	sentence.go   a vector for a whole text
package bert
