// Package search writes texts by a model that scores the next id: for many sources at
// once, greedily or by beam search.
//
//	greedy.go  the likeliest id each time
//	beam.go    several beginnings at a time, for the likeliest text
package search
