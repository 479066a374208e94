// Package gguf reads and writes the one file in which models are handed round for
// use: the tensors, most of them in few bits, and metadata that say all the rest,
// sizes and tokenizer included. It knows no model. The format is that of llama.cpp,
// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
//
// Read the files in this order:
//
//	file.go       what is in a file, and where
//	metadata.go   keys and their values
//	blocks.go     values of few bits
//	read.go       tensors out of a file
//	tokenizer.go  what it says of the tokenizer
//	write.go      and all of it into a file
package gguf
