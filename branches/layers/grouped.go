package layers

import (
	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// Grouped says how the H heads of queries share the G heads of keys and values
// (Ainslie et al. 2023): the first H/G of them look at the first, and so on. With
// G = H every head has its own, as in GPT-2.
type Grouped struct {
	Heads, KVHeads int // H and G
	T, S           int // queries and keys of a sequence; the queries are its last T positions
}

// Forward sets y (T,H·D) to what the heads mix from one sequence: queries (T,H·D),
// keys and values (S,G·D). It is told for the reader: the model does the same by
// internal/flash, and a test compares the two.
func (g Grouped) Forward(y blas32.General, x attention.Views) {
	D := y.Cols / g.Heads
	weights := f32.New(g.T, g.S)
	for h := range g.Heads {
		shared := h / (g.Heads / g.KVHeads)
		q, k, v := head(x.Q, h, D), head(x.K, shared, D), head(x.V, shared, D)
		attention.Weigh(weights, q, k, true)
		attention.Mix(head(y, h, D), weights, v)
	}
}

// head returns the columns of head h.
func head(m blas32.General, h, D int) blas32.General { return f32.Cols(m, h*D, (h+1)*D) }
