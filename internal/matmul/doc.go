// Package matmul is the product of two matrices in steps, each faster than
// the one before: three loops as in a textbook, then in a better order, in
// blocks, and packed. The last two steps, vector instructions and all
// cores, are package f32. The book's appendix tells them in order; nothing
// else uses them.
package matmul

import "gonum.org/v1/gonum/blas/blas32"

// A Step adds the product a·b to c, on one core.
type Step func(c, a, b blas32.General)

// Steps are the steps in plain Go, in order.
var Steps = []struct {
	Name string
	Step Step
}{
	{"naive", Naive},
	{"reordered", Reordered},
	{"blocked", Blocked},
	{"packed", Packed},
}
