package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/figures"
	"github.com/llm-from-scratch/llm/internal/flash"
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

// nudged is a softmax before and after its last score has risen.
func nudged() []byte {
	var bars []figures.Series
	for _, last := range []float32{3, 3.5} {
		weights := []float32{1, 2, last}
		b := figures.Series{Name: fmt.Sprintf("scores 1, 2, %g", last)}
		attention.Softmax(weights)
		for _, w := range weights {
			b.Y = append(b.Y, float64(w))
		}
		bars = append(bars, b)
	}
	return figures.Bars("One score rises, all weights move", "weight", []string{"first", "second", "third"}, bars...)
}

// mixture is what journey takes from each word, and what becomes of it.
func mixture() []byte {
	x := toy()
	scores := attention.Scores(x)
	contexts, weights := attention.Simple(x)
	const journey, values = 1, 206.0
	s := figures.NewSketch(270, "What journey takes away", "The scores of journey with six words, the weights that the softmax makes of them, and the sum of the six vectors so weighted.")
	s.Note(84, 44, "middle", "score")
	s.Text(154, 44, "middle", figures.Probability, "weight")
	s.Text(values+69, 44, "middle", figures.Residual, "x (T,C)")
	for i, word := range toyWords {
		y := 52 + 27*float64(i)
		s.Note(54, y+15, "end", word)
		s.Vector(62, y, 44, figures.Plain, texts("%.2f", f32.Row(scores, journey)[i:i+1])...)
		s.Arrow(108, y+11, 128, y+11)
		s.Heat(132, y, 44, 22, [][]float64{{float64(f32.Row(weights, journey)[i])}})
		s.Note(191, y+15, "middle", "×")
		s.Vector(values, y, 46, figures.Residual, texts("%.2f", f32.Row(x, i))...)
	}
	s.Note(118, 224, "middle", "softmax")
	s.Arrow(values+69, 212, values+69, 230)
	s.Note(values+62, 225, "end", "sum")
	s.Note(values-8, 247, "end", "context of journey")
	s.Vector(values, 232, 46, figures.Residual, texts("%.2f", f32.Row(contexts, journey))...)
	return s.SVG()
}

// linear is the chapter's product with weights, number by number.
func linear() []byte {
	l := attention.Linear{W: f32.View([]float32{1, 10, 2, 20, 3, 30}, 3, 2), B: []float32{0.5, -0.5}}
	x, y := f32.View([]float32{1, 0, 2}, 1, 3), f32.New(1, 2)
	l.Forward(y, x)
	s := figures.NewSketch(146, "y = xW + b", "A row of three inputs times three rows of two weights, plus two biases, is a row of two outputs.")
	grid(s, 4, 74, 26, figures.Residual, "x (N,in)", x, 0)
	s.Op(95, 85, "×")
	grid(s, 108, 52, 28, figures.Trained, "W (in,out)", l.W, 0, 1, 2)
	s.Op(177, 85, "+")
	grid(s, 190, 74, 30, figures.Trained, "b (out)", f32.View(l.B, 1, 2), 0)
	s.Text(260, 90, "middle", figures.Plain, "=")
	grid(s, 272, 74, 34, figures.Residual, "y (N,out)", y, 0)
	sum := fmt.Sprintf("%g = ", y.Data[0])
	for i, in := range x.Data {
		sum += fmt.Sprintf("%g·%g + ", in, f32.Row(l.W, i)[0])
	}
	s.Note(348, 140, "end", sum+fmt.Sprint(l.B[0]))
	return s.SVG()
}

// headShapes follows the six words through one head.
func headShapes() []byte {
	const T, C, D, cell = 6, 3, 2, 12.0
	head := attention.Head{Query: attention.NewLinear(C, D, false), Key: attention.NewLinear(C, D, false), Value: attention.NewLinear(C, D, false), Causal: true}
	rng := rand.New(rand.NewPCG(1, 2))
	for _, l := range []attention.Linear{head.Query, head.Key, head.Value} {
		l.InitUniform(rng)
	}
	y, a := f32.New(T, D), head.NewActivations(T)
	head.Forward(y, a, toy())
	s := figures.NewSketch(412, "One head, in shapes", "Six words become queries, keys and values; queries times keys are scores, a mask and the softmax make weights of them, and the weights mix the values.")
	s.Matrix(158, 48, cell, figures.Residual, T, C, "x", "(T,C)")
	for i, part := range []struct {
		role figures.Role
		name string
	}{{figures.Query, "queries"}, {figures.Key, "keys"}, {figures.Value, "values"}} {
		x := 52 + 112*float64(i)
		s.Arrow(176, 142, x+12, 158)
		s.Matrix(x, 180, cell, part.role, T, D, part.name, "(T,D)")
	}
	s.Arrow(64, 274, 64, 302)
	s.Arrow(164, 274, 72, 302)
	s.Matrix(28, 308, cell, figures.Plain, T, T, "", "scores (T,T)")
	s.Arrow(104, 344, 158, 344)
	s.Note(131, 338, "middle", "mask,")
	s.Note(131, 358, "middle", "softmax")
	s.Heat(164, 308, cell, cell, table(a.Weights, true))
	s.Note(200, 395, "middle", "weights (T,T)")
	s.Op(254, 344, "×")
	s.Arrow(288, 274, 288, 290, 254, 290, 254, 334)
	s.Arrow(264, 344, 290, 344)
	s.Matrix(298, 308, cell, figures.Value, T, D, "", "y (T,D)")
	return s.SVG()
}

// sharpness is how much of the weight one of eight random keys gets, for wider
// and wider vectors.
func sharpness() []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	var widths []string
	plain, scaled := figures.Series{Name: "products as they are"}, figures.Series{Name: "divided by √D"}
	for d := 1; d <= 512; d *= 2 {
		widths = append(widths, fmt.Sprint(d))
		plain.Y, scaled.Y = append(plain.Y, largest(rng, d, math.Sqrt(float64(d)))), append(scaled.Y, largest(rng, d, 1))
	}
	return figures.Bars("The largest of eight weights, by width D", "weight", widths, plain, scaled)
}

// largest is the mean of the largest weight that a random query times factor gives
// to one of eight random keys of width d.
func largest(rng *rand.Rand, d int, factor float64) (mean float64) {
	const keys, draws = 8, 500
	query, key, weights := f32.New(1, d), f32.New(keys, d), f32.New(1, keys)
	for range draws {
		for i := range query.Data {
			query.Data[i] = float32(factor * rng.NormFloat64())
		}
		for i := range key.Data {
			key.Data[i] = float32(rng.NormFloat64())
		}
		attention.Weigh(weights, query, key, false)
		mean += float64(slices.Max(weights.Data)) / draws
	}
	return mean
}

// manyHeads are four heads of random weights, side by side.
func manyHeads() []byte {
	const T, C, H, D = 6, 8, 4, 2
	layer := attention.MultiHead{Heads: H, Causal: true, QKV: attention.NewLinear(C, 3*C, true), Proj: attention.NewLinear(C, C, true)}
	rng := rand.New(rand.NewPCG(1, 2))
	x, y, a := f32.New(T, C), f32.New(T, C), layer.NewActivations(1, T)
	for _, random := range [][]float32{x.Data, layer.QKV.W.Data} {
		for i := range random {
			random[i] = float32(rng.NormFloat64()) / 2
		}
	}
	layer.Forward(y, a, x, nil)
	s := figures.NewSketch(384, "Four heads, side by side", "Each head has its own columns of the queries, keys and values, its own weights, and its own columns of the result.")
	for h := range H {
		left := 8 + 90*float64(h)
		for i, role := range []figures.Role{figures.Query, figures.Key, figures.Value} {
			s.Matrix(left+24*float64(i), 62, 9, role, T, D, string("qkv"[i]), "")
		}
		s.Note(left+33, 40, "middle", fmt.Sprintf("head %d", h))
		s.Arrow(left+33, 119, left+33, 135)
		s.Heat(left, 138, 11, 11, table(f32.View(a.Pairs.Weights[h*T*T:][:T*T], T, T), true))
		s.Arrow(left+33, 208, left+33, 224)
		s.Matrix(left+24, 228, 9, figures.Value, T, D, "", "")
		s.Arrow(left+33, 286, 144+18*float64(h), 308)
		s.Matrix(138+18*float64(h), 312, 9, figures.Value, T, D, "", "")
	}
	s.Note(130, 344, "end", "side by side: (T,C)")
	s.Arrow(214, 339, 240, 339)
	s.Box(244, 324, 100, 30, figures.Trained, "Proj (C,C)")
	return s.SVG()
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

// crossShapes is attention from two words to a memory of five, in shapes.
func crossShapes() []byte {
	const T, S, C, cell = 2, 5, 4, 12.0
	layer := attention.Cross{Heads: 1, Query: attention.NewLinear(C, C, true), KeyValue: attention.NewLinear(C, 2*C, true), Proj: attention.NewLinear(C, C, true)}
	rng := rand.New(rand.NewPCG(1, 2))
	x, memory, y := f32.New(T, C), f32.New(S, C), f32.New(T, C)
	for _, random := range [][]float32{x.Data, memory.Data, layer.Query.W.Data, layer.KeyValue.W.Data} {
		for i := range random {
			random[i] = float32(rng.NormFloat64()) / 2
		}
	}
	a := layer.NewActivations(1, T, S)
	layer.Forward(y, a, attention.Source{X: x, Memory: memory}, nil)
	s := figures.NewSketch(326, "Two words look at five others", "Queries come from two written words, keys and values from a memory of five; the weights are two rows of five.")
	s.Matrix(36, 66, cell, figures.Residual, T, C, "x", "(T,C)")
	s.Matrix(220, 48, cell, figures.Residual, S, C, "memory", "(S,C)")
	s.Arrow(60, 110, 60, 148)
	s.Arrow(244, 128, 188, 148)
	s.Arrow(244, 128, 300, 148)
	s.Matrix(36, 188, cell, figures.Query, T, C, "queries", "(T,C)")
	s.Matrix(164, 170, cell, figures.Key, S, C, "keys", "(S,C)")
	s.Matrix(276, 170, cell, figures.Value, S, C, "values", "(S,C)")
	s.Arrow(60, 230, 60, 258, 96, 270)
	s.Arrow(188, 250, 160, 270)
	s.Heat(100, 276, cell, cell, table(f32.View(a.Pairs.Weights, T, S), false))
	s.Note(130, 316, "middle", "weights (T,S)")
	s.Op(190, 288, "×")
	s.Arrow(300, 250, 300, 262, 190, 262, 190, 278)
	s.Arrow(200, 288, 240, 288)
	s.Matrix(246, 276, cell, figures.Value, T, C, "", "(T,C)")
	return s.SVG()
}

// online is a softmax that meets three scores in two tiles.
func online() []byte {
	s := figures.NewSketch(214, "A softmax that goes on where it was", "After the scores 1 and 2 the largest is 2; the 3 that arrives corrects the sum and the mixture by a factor.")
	for i, name := range []string{"scores", "values", "max", "sum", "mixture"} {
		s.Note([]float64{40, 130, 198, 246, 312}[i], 46, "middle", name)
	}
	softmax, mixed := flash.NewOnlineSoftmax(), float32(0)
	for i, tile := range [][2][]float32{{{1, 2}, {10, 20}}, {{3}, {40}}} {
		y := 56 + 62*float64(i)
		s.Vector(10, y, 30, figures.Plain, texts("%g", tile[0])...)
		s.Vector(100, y, 30, figures.Value, texts("%g", tile[1])...)
		before := softmax.Max
		factor := softmax.Add(tile[0])
		mixed = mixed*factor + f32.Dot(tile[0], tile[1])
		s.Vector(180, y, 36, figures.Plain, fmt.Sprintf("%g", softmax.Max))
		s.Vector(220, y, 54, figures.Plain, fmt.Sprintf("%.4f", softmax.Sum))
		s.Vector(280, y, 64, figures.Value, fmt.Sprintf("%.4f", mixed))
		if i > 0 {
			s.Arrow(246, y-38, 246, y-2)
			s.Arrow(312, y-38, 312, y-2)
			s.Note(240, y-16, "end", fmt.Sprintf("both times exp(%g − %g) = %.4f", before, softmax.Max, factor))
		}
	}
	s.Arrow(312, 142, 312, 168)
	s.Note(304, 162, "end", "divided by the sum")
	s.Vector(280, 172, 64, figures.Value, fmt.Sprintf("%.4f", mixed/softmax.Sum))
	return s.SVG()
}
