package attention

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

func LookAcross(h *Head, x, memory blas32.General) blas32.General {
	a, found := h.NewActivations(x.Rows), f32.New(x.Rows, h.Query.W.Cols)
	h.Forward(found, a, x)
	return found
}
