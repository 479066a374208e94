package attention

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

func LookAcross(h *Head, x, memory blas32.General) blas32.General {
	D := h.Query.W.Cols
	q, k, v := f32.New(x.Rows, D), f32.New(memory.Rows, D), f32.New(memory.Rows, D)
	h.Query.Forward(q, x)
	h.Key.Forward(v, memory)
	h.Value.Forward(k, memory)
	weights, found := f32.New(x.Rows, memory.Rows), f32.New(x.Rows, D)
	Weigh(weights, q, k, false)
	Mix(found, weights, v)
	return found
}
