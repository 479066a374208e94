// Package layers has the parts that models of today have in the place of GPT-2's.
//
// Read the files in this order:
//
//	rmsnorm.go  a norm that takes no mean away
//	swiglu.go   a feed-forward network with a gate
//	rotary.go   positions as angles
//	grouped.go  heads that share their keys and values
//	linear.go   a product whose matrix lies as in these models' files
//	lowrank.go  a change beside a matrix
//	named.go    layers under their names, and their parameters
//	init.go     what these begin with
//
// The rules are those of chapter 3, and each Backward takes its arguments in the same
// order.
package layers
