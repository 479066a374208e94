package embeddings

import "gonum.org/v1/gonum/blas/blas32"

func Product(c, a, b blas32.General) {
	for i := range a.Rows {
		for j := range b.Cols {
			var sum float32 // whatever c held before
			for k := range a.Cols {
				sum += a.Data[i*a.Cols+k] * b.Data[k*b.Cols+j] // a row may be a part of a wider one
			}
			c.Data[i*c.Cols+j] = sum
		}
	}
}
