package embeddings

import "gonum.org/v1/gonum/blas/blas32"

func Product(c, a, b blas32.General) {
	clear(c.Data)
	for i := range a.Rows {
		for j := range b.Cols {
			var sum float32 // whatever c held before
			for k := range a.Cols {
				sum += a.Data[i*a.Stride+k] * b.Data[k*b.Stride+j] // a row may be a part of a wider one
			}
			c.Data[i*c.Stride+j] = sum
		}
	}
}
