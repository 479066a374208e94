package main

import "github.com/llm-from-scratch/llm/internal/figures"

// blocks are one of GPT-2 and one of today, with what does the same at the same height.
func blocks() []byte {
	s := figures.NewSketch(484, "A block of GPT-2, and one of today",
		"Both add to the stream what attention and then a network find. Today's has other norms, turns queries and keys, has fewer heads of keys, and a gate.")
	const end = 470.0
	for i, parts := range [][]string{
		{"LayerNorm", "q, k, v (N,3C)", "", "heads look", "projection (N,C)", "+", "LayerNorm", "wider (N,4C)", "GELU", "narrower (N,C)", "+"},
		{"RMSNorm", "q, k, v (N,(H+2G)D)", "turn q and k", "heads look", "projection (N,C)", "+", "RMSNorm", "gate, up (N,F)", "SiLU", "down (N,C)", "+"},
	} {
		x, y := 10+180*float64(i), 74.0
		s.Text(x, 44, "start", figures.Residual, []string{"token + position", "token"}[i])
		s.Line(figures.Residual, x, 52, x, end)
		s.Arrow(x, end-8, x, end+4)
		before := "+"
		for _, part := range parts {
			blockPart(s, part, before, x, y)
			before, y = part, y+36
		}
		s.Text(x+10, end+4, "start", figures.Residual, "x (N,C)")
		s.Note(x+66, end+4, "start", []string{"biases all over", "no biases"}[i])
	}
	return s.SVG()
}

// blockPart draws a part of a block beside the stream, which is at x, and how it is reached.
func blockPart(s figures.Sketch, part, before string, x, y float64) {
	const half = 68.0
	left, middle, gate, up := x+22, x+22+half, x+22+half/2-7, x+22+half*3/2
	down := func(x float64) { s.Arrow(x, y-8, x, y+2) }
	role := figures.Trained
	switch part {
	case "+":
		s.Arrow(middle, y-8, middle, y+4, x+10, y+4)
		s.Op(x, y+4, "+")
		return
	case "gate, up (N,F)":
		down(gate)
		down(up)
		s.Box(left, y+2, half-14, 26, role, "gate")
		s.Box(middle-4, y+2, half+4, 26, role, "up (N,F)")
		return
	case "SiLU":
		down(gate)
		s.Box(left, y+2, half-14, 26, figures.Plain, part)
		s.Arrow(left+half-14, y+15, up-9, y+15)
		s.Arrow(up, y-8, up, y+6)
		s.Op(up, y+15, "×")
		s.Arrow(up, y+24, up, y+38)
		return
	case "":
		s.Arrow(middle, y-8, middle, y+38)
		return
	case "GELU", "heads look", "turn q and k": // what has no weights
		role = figures.Plain
	}
	switch before {
	case "+":
		s.Arrow(x, y-8, middle, y-8, middle, y+2)
	case "", "SiLU": // there is an arrow already
	default:
		down(middle)
	}
	s.Box(left, y+2, 2*half, 26, role, part)
}
