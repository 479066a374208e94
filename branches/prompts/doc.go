// Package prompts works with a model that nobody trains further: it writes prompts,
// compares the probabilities of answers, and measures what examples in a prompt are
// worth. Then it trains a small model to see where that comes from.
//
// Read the files in this order:
//
//	template.go   text with places for data that cannot leave them
//	task.go       one question about many inputs, with examples or without
//	asker.go      a model that is asked; what prompts begin with is read once
//	score.go      how likely each answer is
//	calibrate.go  what a model would answer to nothing
//	choose.go     which examples, in which order
//	generate.go   answers that are written, and votes among them
//	repeats.go    sequences that repeat, and heads that copy
//	learn.go      a small model that learns to
package prompts
