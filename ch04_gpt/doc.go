// Package gpt builds GPT-2 (Radford et al. 2019) from the layers before it.
//
// Chapter 3 let positions look at each other. What is missing for a language
// model: a norm that keeps the numbers in range, a small network that works on
// each position by itself, shortcuts that let gradients reach the first layer,
// and a stack of such blocks between an embedding and a head that scores every
// token of the vocabulary as the next one.
//
// Read the files in this order:
//
//	config.go       the sizes of a model, and what they cost
//	layernorm.go    every vector brought to mean 0 and variance 1
//	gelu.go         the bend between two linear layers
//	mlp.go          two linear layers with a bend: each position by itself
//	block.go        attention and MLP, each with norm and shortcut
//	params.go       the one list of parameters: names, shapes, order
//	init.go         the weights before training
//	pass.go         a model at work: what its forward pass leaves, and the gradients
//	model.go        the whole model, forward and backward
//	cache.go        keys and values of the past, kept
//	generate.go     text, one token after another
//
// Everywhere B is the number of sequences in a batch, T the positions of each,
// N = B·T, C the width, H the heads, V the vocabulary and L the layers.
package gpt
