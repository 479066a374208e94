package gpt

import (
	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// look lets every position of every head look, by the reader's function, at those up to
// it. What the backward pass needs, the book's own keeps.
func (a *BlockActivations) look(mixed, qkv blas32.General, drop *attention.Dropout) {
	a.bookLook(mixed, qkv, drop)
	if drop != nil || a.past.kv != nil {
		return
	}
	v, D := attention.Split(qkv), mixed.Cols/a.heads
	f32.Run(mixed.Rows, 1, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			first := i - i%a.T
			for h := range a.heads {
				part := func(m blas32.General) blas32.General {
					return f32.Cols(f32.Rows(m, first, i+1), h*D, (h+1)*D)
				}
				query := f32.Row(part(v.Q), i-first)
				copy(f32.Row(mixed, i)[h*D:(h+1)*D], attention.Look(query, part(v.K), part(v.V)))
			}
		}
	})
}
