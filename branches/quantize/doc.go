// Package quantize gives the weights of a model fewer bits, so that they take
// less memory and less time to be read: a byte each.
//
// Read the files in this order:
//
//	int8.go   whole numbers from -127 to 127, and a step for each output
//	model.go  a model of such weights, which writes like any other
package quantize
