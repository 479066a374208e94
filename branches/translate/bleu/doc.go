// Package bleu measures translations against those of people.
//
// Read the files in this order:
//
//	score.go     from runs of words that agree to a score
//	tokenize.go  what counts as a word
package bleu
