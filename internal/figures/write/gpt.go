package main

import (
	"fmt"
	"strings"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/figures"
)

// wholeGPT is the model from text to probabilities, with the chapter of each part.
func wholeGPT() []byte {
	s := figures.NewSketch(484, "A GPT, and where each part is built",
		"From the top: ids, token row plus position row, L blocks of attention and MLP with a norm in front of each, a last norm, the head, and probabilities.")
	y := 34.0
	for _, part := range []struct {
		role           figures.Role
		lines          []string
		shape, chapter string
	}{
		{figures.Data, []string{"ids"}, "(B,T)", "chapter 1"},
		{figures.Residual, []string{"token row + position row"}, "(N,C)", "chapter 2"},
		{figures.Trained, []string{"norm", "attention: looks at others", "norm", "MLP: thinks for itself"}, "(N,C), after L of these blocks", "chapters 3, 4"},
		{figures.Trained, []string{"last norm"}, "(N,C)", "chapter 4"},
		{figures.Trained, []string{"head: a score for each token"}, "logits (N,V)", "chapter 4"},
		{figures.Probability, []string{"softmax"}, "probabilities (N,V)", "chapters 3, 5"},
	} {
		height := 17*float64(len(part.lines)) + 15
		s.Box(4, y, 220, height, part.role, part.lines...)
		s.Arrow(114, y+height, 114, y+height+34)
		s.Note(122, y+height+21, "start", part.shape)
		s.Note(348, y+height/2+4, "end", part.chapter)
		y += height + 34
	}
	return s.SVG()
}

// block is one block beside the stream that it reads and adds to.
func block() []byte {
	s := figures.NewSketch(432, "A block, and the residual stream",
		"Two branches leave the stream of shape (N,C), one through a norm and attention, one through a norm and the MLP, and are added to it again.")
	s.Line(figures.Residual, 40, 34, 40, 420)
	s.Arrow(40, 412, 40, 424)
	s.Text(50, 42, "start", figures.Residual, "x (N,C)")
	y := 66.0
	for _, branch := range [][][2]string{
		{{"norm", "(N,C)"}, {"queries, keys, values", "(N,3C)"}, {"H heads look", "(N,C)"}, {"projection", "(N,C)"}},
		{{"norm", "(N,C)"}, {"wider", "(N,4C)"}, {"GELU", "(N,4C)"}, {"narrower", "(N,C)"}},
	} {
		s.Arrow(40, y-8, 190, y-8, 190, y+2)
		for _, layer := range branch {
			role := figures.Trained
			if strings.ContainsAny(layer[0], "HG") { // what has no weights
				role = figures.Plain
			}
			s.Arrow(190, y-8, 190, y+2)
			s.Box(110, y+2, 160, 26, role, layer[0])
			s.Note(278, y+19, "start", layer[1])
			y += 36
		}
		s.Arrow(190, y-8, 190, y+4, 50, y+4)
		s.Op(40, y+4, "+")
		y += 38
	}
	s.Text(52, 424, "start", figures.Residual, "x (N,C), with what both found")
	return s.SVG()
}

// norms shows LayerNorm on two rows of different size.
func norms() []byte {
	s := figures.NewSketch(150, "Two rows before and after LayerNorm",
		"1, 2, 3 and 100, 200, 300 become the same row.")
	one, zero := []float32{1, 1, 1}, []float32{0, 0, 0}
	for i, x := range [][]float32{{1, 2, 3}, {100, 200, 300}} {
		y, after := 52+52*float64(i), make([]float32, 3)
		mean, rstd := gpt.Normalize(after, x, one, zero)
		s.Vector(4, y, 38, figures.Residual, texts("%g", x)...)
		s.Vector(222, y, 42, figures.Residual, texts("%.2f", after)...)
		s.Arrow(124, y+11, 214, y+11)
		s.Note(169, y+5, "middle", fmt.Sprintf("− %g", mean))
		s.Note(169, y+27, "middle", fmt.Sprintf("÷ %.4g", 1/rstd))
	}
	s.Note(61, 44, "middle", "x")
	s.Note(285, 44, "middle", "mean 0, variance 1")
	return s.SVG()
}

func texts(format string, values []float32) (all []string) {
	for _, v := range values {
		all = append(all, fmt.Sprintf(format, v))
	}
	return all
}

// parameters is a map: an area for the weights of each kind, as large as they are many.
func parameters() []byte {
	c := gpt.GPT2Small
	count, total := map[string]int{}, 0
	for _, p := range (&gpt.Model{Config: c}).Gradient(func(string) bool { return false }).Params() {
		n := 1
		for _, size := range p.Shape {
			n *= size
		}
		count[kind(p.Name)] += n
		total += n
	}
	s := figures.NewSketch(404, "Where GPT-2's 124 million weights are",
		fmt.Sprintf("The MLPs have %d weights, the table of tokens %d, attention %d, positions %d and norms %d.", count["MLP"], count["tokens"], count["attention"], count["positions"], count["norms"]))
	const left, top, width, height = 4.0, 34.0, 344.0, 240.0
	table := width * float64(count["tokens"]+count["positions"]) / float64(total)
	s.Box(left, top, table, height, figures.Data, "wte", "V·C")
	deep := height / float64(c.Layers)
	attention := (width - table) * float64(count["attention"]) / float64(count["attention"]+count["MLP"])
	for i := range c.Layers {
		y := top + deep*float64(i)
		s.Box(left+table, y, attention, deep, figures.Value, fmt.Sprintf("h.%d.attn", i))
		s.Box(left+table+attention, y, width-table-attention, deep, figures.Trained, fmt.Sprintf("h.%d.mlp", i))
	}
	y := top + height + 20
	for _, row := range []struct {
		role       figures.Role
		kind, what string
	}{
		{figures.Data, "tokens", "tokens wte, which are the head too"}, {figures.Data, "positions", "positions wpe"},
		{figures.Value, "attention", "attention, 12 blocks"}, {figures.Trained, "MLP", "MLP, 12 blocks"}, {figures.Plain, "norms", "norms"},
	} {
		s.Text(left, y, "start", row.role, row.what)
		s.Text(left+width, y, "end", row.role, thousands(count[row.kind]))
		y += 18
	}
	s.Line(figures.Plain, left, y-12, left+width, y-12)
	s.Text(left+width, y+6, "end", figures.Plain, thousands(total))
	return s.SVG()
}

// kind is the part of the model that a parameter belongs to.
func kind(name string) string {
	for _, k := range [][2]string{{"wte", "tokens"}, {"wpe", "positions"}, {".attn.", "attention"}, {".mlp.", "MLP"}} {
		if strings.Contains(name, k[0]) {
			return k[1]
		}
	}
	return "norms"
}

var thousands = figures.Thousands

// cache counts what goes through the model for each token, with a cache and without.
func cache() []byte {
	s := figures.NewSketch(326, "Read again, or keep keys and values",
		"Eight tokens take 36 positions through the model without a cache and 8 with one.")
	const size, cell = 8, 18.0
	for side, name := range []string{"without a cache", "with one"} {
		x := 12 + 184*float64(side)
		s.Note(x+size*cell/2, 44, "middle", name)
		for row := range size {
			for col := range row + 1 {
				role := figures.Trained
				if side == 1 && col < row {
					role = figures.Frozen
				}
				s.Box(x+cell*float64(col), 54+cell*float64(row), cell, cell, role)
			}
		}
	}
	s.Note(348, 66, "end", "grey: kept")
	s.Note(12+size*cell/2, 214, "middle", "read for token 1 … 8")
	s.Note(196+size*cell/2, 214, "middle", "the new one is read")
	s.Note(348, 240, "end", "multiplications in GPT-2's smallest, in millions")
	s.Note(40, 258, "end", "token")
	s.Note(156, 258, "end", "without")
	s.Note(340, 258, "end", "with")
	for i, t := range []int{8, 256, 1024} {
		all := gpt.GPT2Small.ForwardFLOPs(1, t) / 2 // half of them are additions
		y := 278 + 18*float64(i)
		s.Text(40, y, "end", figures.Plain, fmt.Sprint(t))
		s.Text(156, y, "end", figures.Plain, thousands((all+500_000)/1_000_000))
		s.Text(340, y, "end", figures.Plain, thousands((all/t+500_000)/1_000_000))
	}
	return s.SVG()
}

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
