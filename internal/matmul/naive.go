package matmul

import "gonum.org/v1/gonum/blas/blas32"

// Naive is the definition: an element of c is a row of a times a column of
// b.
func Naive(c, a, b blas32.General) {
	for i := range c.Rows {
		for j := range c.Cols {
			var sum float32
			for l := range a.Cols {
				sum += a.Data[i*a.Stride+l] * b.Data[l*b.Stride+j]
			}
			c.Data[i*c.Stride+j] += sum
		}
	}
}
