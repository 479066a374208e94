// Package safetensors keeps named tensors in files, in the format in which most
// models are published. It knows no model: a [Tensor] is a name, a shape and
// values.
//
// Read the files in this order:
//
//	tensor.go  a tensor, and how a file says where it is
//	write.go   tensors into a file
//	read.go    and out of it
//	header.go  the header, which takes more care
//	halves.go  values of two bytes
//	open.go    a file on a disk
//	shards.go  one model in several files
package safetensors
