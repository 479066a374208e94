// Package grammar makes pairs of English and Chinese that are exact translations of
// each other, and the vocabulary in which a model reads and writes them.
//
// Read the files in this order:
//
//	numbers.go     thousands here, ten thousands there
//	times.go       the hour that moves, and dates back to front
//	rules.go       what stands where: word order and measure words as rules
//	pairs.go       pairs of all kinds, some of them held out
//	file.go        pairs that somebody else wrote
//	vocabulary.go  from text to ids and back
package grammar
