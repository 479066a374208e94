// Package talk lets chapters 5 to 7 train, ask and save models of today: it reads such
// a model with its tokenizer and its form of conversation, from a directory or from a
// GGUF file, as what these chapters ask for.
//
// Read the files in this order:
//
//	model.go      a model that says no token that nothing stands for
//	tokenizer.go  a tokenizer with its ends, and one with a form of conversation
//	open.go       a model from wherever it is
//	directory.go  from a directory
//	gguf.go       from a GGUF file, and what a directory would say in its place
//	gpt2.go       a GPT-2 from such a file
package talk
