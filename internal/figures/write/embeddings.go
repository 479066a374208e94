package main

import (
	"fmt"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/figures"
)

// grid draws a matrix with its numbers, those of the rows named in used in the
// colour of a role, and the name above.
func grid(s figures.Sketch, x, y, cell float64, role figures.Role, name string, m blas32.General, used ...int) {
	s.Text(x+cell*float64(m.Cols)/2, y-6, "middle", role, name)
	for i := range m.Rows {
		r := figures.Plain
		for _, u := range used {
			if u == i {
				r = role
			}
		}
		s.Vector(x, y+22*float64(i), cell, r, texts("%g", f32.Row(m, i))...)
	}
}

// all are the rows of m.
func all(m blas32.General) (rows []int) {
	for i := range m.Rows {
		rows = append(rows, i)
	}
	return rows
}

// questions is a window of four ids and what it asks.
func questions() []byte {
	words := map[int]string{290: "and", 4920: "established", 2241: "himself", 287: "in", 257: "a"}
	windows, _ := embeddings.NewWindows([]int{290, 4920, 2241, 287, 257}, 4, 1)
	input, target := windows.At(0)
	s := figures.NewSketch(236, "One window, four questions", "After and comes established, after and established comes himself, and so on to the fourth target.")
	s.Note(5, 44, "start", "context")
	s.Text(72, 44, "start", figures.Probability, "which id comes next?")
	for t := range input {
		y := 52 + 28*float64(t)
		for i, id := range input[:t+1] {
			s.Vector(4+69*float64(i), y, 69, figures.Data, words[id])
		}
		s.Vector(4+69*float64(t+1), y, 69, figures.Probability, words[target[t]])
	}
	s.Note(4, 188, "start", "input")
	s.Vector(66, 174, 70, figures.Data, fmt.Sprint(input[0]), fmt.Sprint(input[1]), fmt.Sprint(input[2]), fmt.Sprint(input[3]))
	s.Note(4, 218, "start", "target")
	s.Vector(66, 204, 70, figures.Probability, fmt.Sprint(target[0]), fmt.Sprint(target[1]), fmt.Sprint(target[2]), fmt.Sprint(target[3]))
	return s.SVG()
}

// sliding shows the windows of ten ids at two strides, each with its targets.
func sliding() []byte {
	text := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	s := figures.NewSketch(388, "Windows slide over a text", "With a stride of four, two windows lie side by side; with a stride of two, three overlap. Targets stand one place later.")
	s.Text(4, 42, "start", figures.Data, "inputs")
	s.Text(56, 42, "start", figures.Probability, "targets, one id later")
	y := 66.0
	for _, stride := range []int{4, 2} {
		windows, _ := embeddings.NewWindows(text, 4, stride)
		s.Note(4, y, "start", fmt.Sprintf("stride %d: %d windows", stride, windows.Len()))
		for i := range windows.Len() {
			input, target := windows.At(i)
			for t := range input {
				s.Vector(6+34*float64(input[t]), y+8, 34, figures.Data, fmt.Sprint(input[t]))
				s.Vector(6+34*float64(target[t]), y+32, 34, figures.Probability, fmt.Sprint(target[t]))
			}
			y += 58
		}
		y += 24
	}
	return s.SVG()
}

// twoTables are those of the chapter's example, and its six ids.
func twoTables() (e embeddings.Embedding, ids []int, x blas32.General) {
	e = embeddings.Embedding{
		Tokens:    f32.View([]float32{1, 2, 3, 4, 5, 6}, 3, 2),
		Positions: f32.View([]float32{.1, .1, .2, .2, .3, .3}, 3, 2),
	}
	ids = []int{1, 2, 1, 1, 0, 0}
	x = f32.New(len(ids), 2)
	e.Forward(x, ids, 3, 0)
	return e, ids, x
}

// lookup follows one id to its vector.
func lookup() []byte {
	e, ids, x := twoTables()
	const at = 2
	s := figures.NewSketch(224, "Token row + position row = vector", "The row of id 1 is 3 4, that of position 2 is 0.3 0.3, and their sum 3.3 4.3.")
	grid(s, 60, 54, 44, figures.Trained, "E (V,C)", e.Tokens, ids[at])
	grid(s, 252, 54, 44, figures.Trained, "P (T,C)", e.Positions, at)
	for i := range 3 {
		s.Note(52, 69+22*float64(i), "end", fmt.Sprintf("id %d", i))
		s.Note(244, 69+22*float64(i), "end", fmt.Sprintf("position %d", i))
	}
	s.Arrow(104, 120, 104, 148, 165, 148)
	s.Arrow(296, 120, 296, 148, 187, 148)
	s.Op(176, 148, "+")
	s.Arrow(176, 157, 176, 178)
	s.Vector(132, 178, 44, figures.Residual, texts("%.1f", f32.Row(x, at))...)
	s.Note(176, 215, "middle", fmt.Sprintf("the vector of id %d at position %d", ids[at], at))
	return s.SVG()
}

// batch is the way from a grid of ids to a matrix.
func batch() []byte {
	_, ids, x := twoTables()
	s := figures.NewSketch(232, "A batch is a matrix with N = B · T rows", "Two windows of three ids lie one after the other as six ids, and each becomes a row of two numbers.")
	for i, id := range ids {
		b, t, y := i/3, i%3, 62+24*float64(i)
		s.Vector(4+28*float64(t), 98+24*float64(b), 28, figures.Data, fmt.Sprint(id))
		s.Vector(150, y, 28, figures.Data, fmt.Sprint(id))
		s.Note(142, y+15, "end", fmt.Sprintf("b %d t %d", b, t))
		s.Arrow(184, y+11, 232, y+11)
		s.Vector(240, y, 44, figures.Residual, texts("%.1f", f32.Row(x, i))...)
	}
	s.Arrow(76, 90, 100, 74)
	s.Note(46, 164, "middle", "(B,T) = (2,3)")
	s.Note(164, 222, "middle", "N = 6 ids")
	s.Note(284, 222, "middle", "(N,C) = (6,2)")
	return s.SVG()
}

// product is a lookup as the product of one-hot rows and the table.
func product() []byte {
	table := f32.View([]float32{1, 2, 3, 4, 5, 6, 7, 8}, 4, 2)
	h, x := embeddings.OneHot([]int{2, 0, 2}, 4), f32.New(3, 2)
	f32.Gemm(blas.NoTrans, blas.NoTrans, 1, h, table, 0, x)
	s := figures.NewSketch(150, "A lookup is a product", "Rows with a single one, times the table, are rows of the table.")
	grid(s, 6, 64, 26, figures.Data, "H (N,V)", h, all(h)...)
	s.Op(130, 97, "×")
	grid(s, 162, 53, 30, figures.Trained, "E (V,C)", table, 0, 2)
	s.Text(246, 102, "middle", figures.Plain, "=")
	grid(s, 274, 64, 30, figures.Residual, "X (N,C)", x, all(x)...)
	return s.SVG()
}

// slope is the loss of the chapter along r, and the line that nudging finds.
func slope() []byte {
	loss := func(r float64) float64 { return 2*3 + r*r }
	const at, nudge = 1, 0.001
	steep := (loss(at+nudge) - loss(at-nudge)) / (2 * nudge)
	curve, line := figures.Series{Name: "loss"}, figures.Series{Name: fmt.Sprintf("its slope at r = %d is %.2f", at, steep)}
	for i := range 41 {
		r := float64(i) / 20
		curve.X, curve.Y = append(curve.X, r), append(curve.Y, loss(r))
		line.X, line.Y = append(line.X, r), append(line.Y, loss(at)+steep*(r-at))
	}
	return figures.Lines("The loss when one weight is nudged", "r", "loss", curve, line)
}

// scatter shows which rows of the tables collect which rows of dx.
func scatter() []byte {
	ids, words := []int{0, 1, 0}, []string{"the", "cat", "another"}
	e := embeddings.Embedding{Tokens: f32.New(3, 1), Positions: f32.New(3, 1)}
	grad := embeddings.Embedding{Tokens: f32.New(3, 1), Positions: f32.New(3, 1)}
	dx := f32.View([]float32{2, 3, 5}, 3, 1)
	e.Backward(&grad, dx, ids, 3)
	s := figures.NewSketch(202, "Backward adds rows where they came from", "The gradients 2 and 5 of both places of the word the are added to its row of the table.")
	s.Text(176, 42, "middle", figures.Gradient, "dx")
	s.Text(324, 42, "end", figures.Gradient, "tokens")
	s.Text(28, 42, "start", figures.Gradient, "positions")
	for i, id := range ids {
		y, to := 58+46*float64(i), 58+46*float64(id)
		s.Vector(158, y, 36, figures.Gradient, texts("%g", f32.Row(dx, i))...)
		s.Note(176, y+34, "middle", words[id])
		s.Arrow(196, y+11, 284, to+11)
		s.Arrow(156, y+11, 68, y+11)
		s.Vector(286, y, 36, figures.Gradient, texts("%g", f32.Row(grad.Tokens, i))...)
		s.Note(304, y+34, "middle", words[i])
		s.Vector(30, y, 36, figures.Gradient, texts("%g", f32.Row(grad.Positions, i))...)
		s.Note(48, y+34, "middle", fmt.Sprintf("place %d", i))
	}
	return s.SVG()
}
