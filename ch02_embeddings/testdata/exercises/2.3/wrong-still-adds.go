package embeddings

import "gonum.org/v1/gonum/blas/blas32"

func Product(c, a, b blas32.General) {
	for i := range a.Rows {
		for j := range b.Cols {
			for k := range a.Cols {
				c.Data[i*c.Stride+j] += a.Data[i*a.Stride+k] * b.Data[k*b.Stride+j] // a row may be a part of a wider one
			}
		}
	}
}
