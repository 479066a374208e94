// Package translator puts a model and a vocabulary together: texts in, texts out.
//
//	translator.go  the two together, and their files
//	pairs.go       what is learned from, and what is held out
//	judge.go       how good translations are
package translator
