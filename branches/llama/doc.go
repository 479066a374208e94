// Package llama builds the models that people run today, Llama, Qwen and SmolLM,
// from chapter 4's GPT and the parts of package layers.
//
// Read the files in this order:
//
//	config.go     what there is to choose
//	attention.go  queries, keys and values: turned, and shared
//	block.go      attention and the gated network, each with norm and shortcut
//	params.go     the one list of parameters, under the names of today's files
//	model.go      the whole model, forward and backward
//	cache.go      keys and values of the past, kept
//	load.go       a model from its files
package llama
