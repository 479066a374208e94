// Package wordpiece turns text into tokens as BERT reads it: words without case and
// accents, cut into the longest pieces that a vocabulary has.
//
// Read the files in this order:
//
//	normalize.go  text becomes plain words
//	tokenizer.go  a word becomes pieces
//	input.go      one text, or two, as a model reads them
//	learn.go      a vocabulary learned from text
//	file.go       a vocabulary in its files
//	masking.go    words hidden, for a model to guess
package wordpiece
