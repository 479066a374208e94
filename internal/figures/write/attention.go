package main

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/figures"
)

// The toy of chapter 3: six words, three numbers a word.
var toyWords = []string{"Your", "journey", "starts", "with", "one", "step"}

func toy() blas32.General {
	return f32.View([]float32{
		.43, .15, .89,
		.55, .87, .66,
		.57, .85, .64,
		.22, .58, .33,
		.77, .25, .10,
		.05, .80, .55,
	}, 6, 3)
}

func attentionSimple() []byte {
	_, weights := attention.Simple(toy())
	return figures.Heat("How much a row's word takes from each", toyWords, toyWords, table(weights, false))
}

func attentionCausal() []byte {
	weights := attention.Scores(toy())
	attention.MaskFuture(weights)
	attention.SoftmaxRows(weights)
	return figures.Heat("The same when no word sees the future", toyWords, toyWords, table(weights, true))
}

// table copies a matrix for drawing. With causal, what lies in the future is
// left empty.
func table(m blas32.General, causal bool) [][]float64 {
	rows := make([][]float64, m.Rows)
	for i := range rows {
		for j, v := range f32.Row(m, i) {
			if causal && j > i {
				v = float32(math.NaN())
			}
			rows[i] = append(rows[i], float64(v))
		}
	}
	return rows
}
