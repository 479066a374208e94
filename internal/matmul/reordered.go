package matmul

import "gonum.org/v1/gonum/blas/blas32"

// Reordered exchanges the two inner loops: a row of c is a sum of rows of
// b, each times one element of a. Both are read in the order in which they
// lie.
func Reordered(c, a, b blas32.General) {
	for i := range c.Rows {
		row := c.Data[i*c.Stride:][:c.Cols]
		for l := range a.Cols {
			addScaled(row, a.Data[i*a.Stride+l], b.Data[l*b.Stride:])
		}
	}
}

// addScaled adds factor·x to y.
func addScaled(y []float32, factor float32, x []float32) {
	x = x[:len(y)] // so that the compiler need not check every x[j]
	for j := range y {
		y[j] += factor * x[j]
	}
}
