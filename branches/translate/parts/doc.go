// Package parts has what the Transformer of 2017 is made of, besides what the chapters
// have: the norm of chapter 4, the linear layer of package layers.
//
// Read the files in this order:
//
//	positions.go   positions as waves of many lengths
//	attention.go   queries from one sequence, keys and values from another
//	feedforward.go the network behind it
//	residual.go    the norm after the sum, or before
//	loss.go        targets that are a little less sure
package parts
