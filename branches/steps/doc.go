// Package steps is the road from GPT-2 to Llama, one changed part after another, so
// that what each is worth can be measured.
//
// Read the files in this order:
//
//	config.go  which parts are today's, and how wide a network makes the sizes equal
//	block.go   a block of chosen parts
//	params.go  the one list of parameters
//	model.go   the whole model, forward and backward
//	file.go    its configuration in a file
//
// With nothing chosen it is chapter 4's GPT, and with all of it branches/llama's
// model: tests compare both. What is between them nobody publishes.
package steps
