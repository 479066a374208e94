// Package translate has the Transformer as it was published (Vaswani et al. 2017):
// an encoder that reads a sentence, and a decoder that writes another while it looks
// at what the encoder has made of the first.
//
// Read the files in this order:
//
//	config.go      what there is to choose
//	layer.go       a layer, and a stack of them
//	params.go      the one list of parameters, under PyTorch's names
//	model.go       the whole model, forward and backward
//	learner.go     pairs in batches, and the model that learns from them
//	cache.go       keys and values kept, of many sentences at once
//	load.go        a model and its files
//
// Of the packages below, parts has what it is made of, search writes texts by it, grammar
// makes pairs to learn from, bleu compares texts, and translator puts all together.
package translate
