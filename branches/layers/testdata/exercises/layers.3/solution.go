package layers

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// The heads h/(H/G) are equal for neighbours.
func ExpandKeys(keys blas32.General, H, G int) blas32.General {
	D := keys.Cols / G
	all := f32.New(keys.Rows, H*D)
	for i := range keys.Rows {
		for h := range H {
			shared := h / (H / G)
			copy(f32.Row(all, i)[h*D:(h+1)*D], f32.Row(keys, i)[shared*D:])
		}
	}
	return all
}
