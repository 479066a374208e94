package attention

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

func LookAcross(h *Head, x, memory blas32.General) blas32.General {
	D := h.Query.W.Cols
	q, k, v := f32.New(memory.Rows, D), f32.New(x.Rows, D), f32.New(x.Rows, D)
	h.Query.Forward(q, memory)
	h.Key.Forward(k, x)
	h.Value.Forward(v, x)
	weights, found := f32.New(memory.Rows, x.Rows), f32.New(memory.Rows, D)
	Weigh(weights, q, k, false)
	Mix(found, weights, v)
	return found
}
