package main

import (
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/figures"
)

func gelu() []byte {
	return figures.Lines("GELU, its slope, and ReLU", "x", "", curve("GELU", gpt.GELU), curve("slope of GELU", gpt.GELUSlope), curve("ReLU", gpt.ReLU))
}

// curve samples f from -4 to 4.
func curve(name string, f func(float32) float32) figures.Series {
	s := figures.Series{Name: name}
	for i := -40; i <= 40; i++ {
		x := float32(i) / 10
		s.X, s.Y = append(s.X, float64(x)), append(s.Y, float64(f(x)))
	}
	return s
}
