package main

import (
	"fmt"

	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/figures"
)

func schedule() []byte {
	s := pretrain.Schedule{Peak: 1e-3, Min: 1e-4, Warmup: 10, Total: 100}
	line := figures.Series{}
	for step := range s.Total {
		line.X, line.Y = append(line.X, float64(step)), append(line.Y, 1000*s.Rate(step))
	}
	return figures.Lines("Warm-up, then half a cosine", "step", "learning rate × 1000", line)
}

// temperature draws the nine words of the chapter's sampling example.
func temperature() []byte {
	words := []string{"closer", "every", "effort", "forward", "inches", "moves", "pizza", "toward", "you"}
	logits := []float32{4.51, 0.89, -1.90, 6.75, 1.63, -1.62, -1.89, 6.28, 1.79}
	var series []figures.Series
	for _, t := range []float32{0.1, 1, 5} {
		bars := figures.Series{Name: fmt.Sprintf("temperature %g", t), Y: make([]float64, len(words))}
		ids, probabilities := pretrain.Sampler{Temperature: t}.Candidates(logits)
		for i, id := range ids {
			bars.Y[id] = float64(probabilities[i])
		}
		series = append(series, bars)
	}
	return figures.Bars("The same logits at three temperatures", "probability", words, series...)
}
