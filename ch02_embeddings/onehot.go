package embeddings

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// OneHot returns a new (len(ids), V) matrix whose row i is all zeros but
// for a one in column ids[i]. With it both halves of a lookup are matrix
// products:
//
//	OneHot(ids, V) · Tokens      copies the rows of Tokens: Forward
//	OneHot(ids, V)ᵀ · dx         adds the rows of dx by id: Backward
//
// It exists to show this. A model looks its rows up and never multiplies
// by all those zeros. OneHot panics on an id outside 0..V-1.
func OneHot(ids []int, V int) blas32.General {
	m := f32.New(len(ids), V)
	for i, id := range ids {
		if id < 0 || id >= V {
			panic("embeddings: id outside the vocabulary")
		}
		f32.Row(m, i)[id] = 1
	}
	return m
}
