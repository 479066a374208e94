package main

import (
	"math"

	"github.com/llm-from-scratch/llm/branches/bert"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/figures"
)

// bothWays is who looks at whom in models that have learned nothing, where all that may
// be looked at is looked at alike: in a GPT, and in a BERT whose last position is padding.
func bothWays() []byte {
	words := []string{"the", "?", "of", "light", "pad"}
	const T, cell = 5, 27.0
	causal := make([][]float64, T)
	for i := range causal {
		for j := range T {
			causal[i] = append(causal[i], 1/float64(i+1))
			if j > i {
				causal[i][j] = math.NaN()
			}
		}
	}
	m := bert.New(bert.Config{Vocab: T, Context: T, Width: 4, Hidden: 4, Layers: 1, Heads: 1, Types: 1, Epsilon: 1e-12})
	p := m.NewPass(gpt.Frozen, 1, T)
	p.Forward(bert.Input{IDs: []int{0, 1, 2, 3, 4}, T: T, Real: []int{T - 1}}, nil)
	weights := p.Weights(0, 0, 0)
	both := table(weights, false)
	for i := range both {
		if f32.Row(weights, i)[T-1] == 0 {
			both[i][T-1] = math.NaN()
		}
	}
	s := figures.NewSketch(232, "Who looks at whom", "In a GPT each word looks at itself and those before it; in a BERT at all words, and at no padding.")
	for i, side := range []struct {
		name   string
		values [][]float64
	}{{"GPT: to the left", causal}, {"BERT: both ways", both}} {
		x := 38 + 176*float64(i)
		s.Note(x, 32, "start", side.name)
		for j, word := range words {
			s.Note(x+cell*(float64(j)+0.5), 54, "middle", word)
			s.Note(x-6, 60+cell*(float64(j)+0.5)+4, "end", word)
		}
		s.Heat(x, 60, cell, cell, side.values)
	}
	s.Scale(38, 206)
	return s.SVG()
}
