package main

import (
	"fmt"

	"github.com/llm-from-scratch/llm/branches/lora"
	"github.com/llm-from-scratch/llm/branches/quantize"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	classify "github.com/llm-from-scratch/llm/ch06_classify_ft"
	"github.com/llm-from-scratch/llm/internal/figures"
)

// adapters are the matrices of a block of GPT-2 to scale, with their changes of rank 16.
func adapters() []byte {
	c, rank := gpt.GPT2Small, 16
	const side = 48.0
	thin := 2 * side * float64(rank) / float64(c.Width) // one pixel is too little to see
	s := figures.NewSketch(322, "Every matrix of a block, each with an adapter",
		"Queries, keys, values, the projection and the two matrices of the MLP, each grey and frozen with a thin green A and B at its edges.")
	for _, m := range []struct {
		name             string
		x, y, tall, wide float64 // in the width of the model
	}{
		{"queries", 12, 62, 1, 1}, {"keys", 76, 62, 1, 1}, {"values", 140, 62, 1, 1}, {"projection", 204, 62, 1, 1},
		{"MLP, wider", 12, 154, 1, 4}, {"narrower", 290, 62, 4, 1},
	} {
		s.Note(m.x+side*m.wide/2, m.y-10, "middle", m.name)
		s.Box(m.x, m.y, side*m.wide, side*m.tall, figures.Frozen)
		s.Box(m.x-thin-2, m.y, thin, side*m.tall, figures.Trained)
		s.Box(m.x, m.y-thin-2, side*m.wide, thin, figures.Trained)
	}
	there, learn := classify.TrainedParams(c, classify.All), lora.ParamCount(c, rank, len(classify.Classes))
	for i, line := range []string{
		fmt.Sprintf("%d blocks, and the new head:", c.Layers),
		fmt.Sprintf("%s weights are there,", thousands(there)),
		fmt.Sprintf("%s learn, at rank %d:", thousands(learn), rank),
		fmt.Sprintf("%.1f in a hundred", 100*float64(learn)/float64(there)),
	} {
		s.Text(12, 236+22*float64(i), "start", []figures.Role{figures.Plain, figures.Frozen, figures.Trained, figures.Trained}[i], line)
	}
	return s.SVG()
}

// beside is the road through a matrix of the smallest SmolLM2, and the narrow one.
func beside() []byte {
	const width, rank = 576, 16
	s := figures.NewSketch(270, "A change beside a matrix",
		"x goes up through the wide frozen W and, beside it, through A down to a few numbers and through B up again. The two results are added to y.")
	s.Box(70, 232, 200, 30, figures.Plain, fmt.Sprintf("x, %d", width))
	s.Box(20, 108, 150, 96, figures.Frozen, "W", thousands(width*width)+" weights")
	s.Box(198, 174, 136, 30, figures.Trained, "A, "+thousands(rank*width)+" weights")
	s.Box(240, 141, 52, 22, figures.Plain, fmt.Sprintf("h, %d", rank))
	s.Box(198, 100, 136, 30, figures.Trained, "B, "+thousands(width*rank)+" weights")
	s.Box(70, 40, 200, 30, figures.Plain, fmt.Sprintf("y, %d", width))
	for _, x := range []float64{95, 266} {
		bottom := min(x, 266-20)
		s.Arrow(bottom, 232, x, 204)
	}
	s.Arrow(266, 174, 266, 163)
	s.Arrow(266, 141, 266, 130)
	s.Arrow(95, 108, 95, 70)
	s.Arrow(266, 100, 246, 70)
	return s.SVG()
}

// rounding shows the chapter's four weights among the steps around them.
func rounding() []byte {
	weights, q := []float32{0.5, -0.2, 0.03, 0.0004}, make([]int8, 4)
	scale := quantize.Row(q, weights)
	s := figures.NewSketch(300, "Four weights, rounded to whole steps",
		"Each weight goes to the nearest of 255 steps. It is off by half a step at most.")
	s.Note(4, 42, "start", fmt.Sprintf("a step is 0.5/127 = %.6f", scale))
	for i, w := range weights {
		p := panel{s, 84, 58 + 60*float64(i), 220, 24, -1.4, 1.4, 0, 1}
		s.Text(4, p.top+20, "start", figures.Plain, fmt.Sprint(w))
		s.Line(figures.Plain, p.left, p.top+16, p.left+p.width, p.top+16)
		for step := -1; step <= 1; step++ {
			x, _ := p.at(float64(step), 0)
			s.Line(figures.Plain, x, p.top+11, x, p.top+21)
			s.Note(x, p.top+36, "middle", fmt.Sprint(int(q[i])+step))
		}
		exact := float64(w) / float64(scale)
		from, _ := p.at(exact-float64(q[i]), 0)
		to, _ := p.at(0, 0)
		s.Line(figures.Gradient, from, p.top+16, to, p.top+16)
		s.Dot(from, p.top+16, figures.Gradient)
		s.Dot(to, p.top+16, figures.Trained)
		s.Note(from, p.top+4, "middle", fmt.Sprintf("%.1f", exact))
		s.Note(348, p.top+8, "end", fmt.Sprintf("%.4f", scale*float32(q[i])))
	}
	s.Note(348, 42, "end", "becomes")
	return s.SVG()
}
