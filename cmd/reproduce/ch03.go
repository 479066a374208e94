package main

import (
	"context"
	"fmt"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/cmd/reproduce/torchrand"
	"github.com/llm-from-scratch/llm/internal/f32"
)

const (
	noTrans = blas.NoTrans
	trans   = blas.Trans
)

// journey is "Your journey starts with one step", the chapter's six vectors.
func journey() blas32.General {
	return f32.View([]float32{.43, .15, .89, .55, .87, .66, .57, .85, .64, .22, .58, .33, .77, .25, .10, .05, .80, .55}, 6, 3)
}

// simpleAttention is cells 28 to 55, and the products of cell 138.
func simpleAttention(_ context.Context, _ *Lab, s *sheet) error {
	x := journey()
	scores := attention.Scores(x)
	s.is("ch03[28] scores of token 2", f32.Row(scores, 1))
	s.is("ch03[31] one of them", f32.Dot(f32.Row(x, 0), f32.Row(x, 1)))
	share := slices.Clone(f32.Row(scores, 1))
	f32.Scale(1/f32.Sum(share), share)
	s.is("ch03[33] divided by their sum", share)
	weights := slices.Clone(f32.Row(scores, 1))
	attention.Softmax(weights)
	s.is("ch03[35] softmax", weights)
	s.is("ch03[47] scores", scores)
	contexts, all := attention.Simple(x)
	s.is("ch03[51] weights", all)
	for i := range all.Rows {
		s.is(fmt.Sprintf("ch03[53] sum of row %d", i), f32.Sum(f32.Row(all, i)))
	}
	s.is("ch03[40] context of token 2", f32.Row(contexts, 1))
	s.is("ch03[55] contexts", contexts)

	demo := []float32{
		.2745, .6584, .2775, .8573, .8993, .0390, .9268, .7388, .7179, .7058, .9156, .4340,
		.0772, .3565, .1479, .5331, .4066, .2318, .4545, .9737, .4606, .5159, .4220, .5786,
	}
	s.is("ch03[138] first head", attention.Scores(f32.View(demo[:12], 3, 4)))
	s.is("ch03[138] second head", attention.Scores(f32.View(demo[12:], 3, 4)))
	return nil
}

// newLinear is a new nn.Linear.
func newLinear(g *torchrand.Generator, in, out int, bias bool) attention.Linear {
	l := attention.NewLinear(in, out, bias)
	drawLinear(g, l.W, l.B)
	return l
}

// newHead draws a head whose queries, keys and values are new linear layers.
func newHead(g *torchrand.Generator, in, out int, causal bool) attention.Head {
	h := attention.Head{Causal: causal}
	h.Query, h.Key, h.Value = newLinear(g, in, out, false), newLinear(g, in, out, false), newLinear(g, in, out, false)
	return h
}

// turned is the weight as PyTorch stores it, (out,in).
func turned(l attention.Linear) blas32.General {
	t := f32.New(l.W.Cols, l.W.Rows)
	for i := range t.Rows {
		for j := range t.Cols {
			t.Data[i*t.Cols+j] = l.W.Data[j*t.Rows+i]
		}
	}
	return t
}

// contexts runs a head over x.
func contexts(h attention.Head, x blas32.General) (blas32.General, *attention.HeadActivations) {
	y, a := f32.New(x.Rows, h.Value.W.Cols), attention.NewHeadActivations(x.Rows, h.Value.W.Cols)
	h.Forward(y, a, x)
	return y, a
}

// heads is cells 68 to 131 and the exercises.
func heads(_ context.Context, _ *Lab, s *sheet) error {
	firstHead(s)
	maskedHead(s)
	manyHeads(s)
	return nil
}

// firstHead is cells 68 to 86, whose weights come from torch.rand.
func firstHead(s *sheet) {
	x, g := journey(), torchrand.New(seed)
	var h attention.Head
	for _, l := range []*attention.Linear{&h.Query, &h.Key, &h.Value} {
		*l = attention.NewLinear(3, 2, false)
		g.Uniform(l.W.Data, 0, 1)
	}
	s.is("ch03[68] W_query", h.Query.W)
	s.is("ch03[68] W_key", h.Key.W)
	s.is("ch03[68] W_value", h.Value.W)
	y, a := contexts(h, x)
	s.is("ch03[70] query 2", f32.Row(a.Q, 1))
	s.is("ch03[73] keys", shape(a.K.Rows, a.K.Cols))
	s.is("ch03[73] values", shape(a.V.Rows, a.V.Cols))
	scores := f32.New(6, 6)
	f32.Gemm(noTrans, trans, 1, a.Q, a.K, 0, scores)
	s.is("ch03[75] score 2 2", f32.Row(scores, 1)[1])
	s.is("ch03[77] scores of token 2", f32.Row(scores, 1))
	s.is("ch03[80] weights of token 2", f32.Row(a.Weights, 1))
	s.is("ch03[83] context of token 2", f32.Row(y, 1))
	s.is("ch03[86] SelfAttention_v1", y)
}

// maskedHead is cells 89 to 116, with the weights of SelfAttention_v2.
func maskedHead(s *sheet) {
	x, h := journey(), newHead(torchrand.New(789), 3, 2, false)
	y, a := contexts(h, x)
	s.is("ch03[89] SelfAttention_v2", y)
	s.is("ch03[89] W_query", turned(h.Query))
	s.is("ch03[89] W_key", turned(h.Key))
	s.is("ch03[89] W_value", turned(h.Value))

	// Exercise 3.1 gives v1 the turned weights of v2: as products they are these.
	q, k, v, weights := f32.New(6, 2), f32.New(6, 2), f32.New(6, 2), f32.New(6, 6)
	f32.Gemm(noTrans, noTrans, 1, x, h.Query.W, 0, q)
	f32.Gemm(noTrans, noTrans, 1, x, h.Key.W, 0, k)
	f32.Gemm(noTrans, noTrans, 1, x, h.Value.W, 0, v)
	attention.Weigh(weights, q, k, false)
	same := f32.New(6, 2)
	attention.Mix(same, weights, v)
	s.is("ch03 exercise 3.1", same)

	s.is("ch03[98] weights", a.Weights)
	lower := f32.New(6, 6)
	for i := range 6 {
		copy(f32.Row(lower, i)[:i+1], f32.Row(a.Weights, i))
	}
	s.is("ch03[102] times a triangle", lower)
	for i := range 6 {
		f32.Scale(1/f32.Sum(f32.Row(lower, i)), f32.Row(lower, i))
	}
	s.is("ch03[105] rows that sum to one", lower)

	scores := f32.New(6, 6)
	f32.Gemm(noTrans, trans, 1, a.Q, a.K, 0, scores)
	attention.MaskFuture(scores)
	for i := range 6 {
		row := f32.Row(scores, i)
		s.is(fmt.Sprintf("ch03[108] masked scores %d", i), row[:i+1])
		for j := i + 1; j < 6; j++ {
			s.is(fmt.Sprintf("ch03[108] masked scores %d %d", i, j), fmt.Sprint(row[j]))
		}
	}
	causal := f32.New(6, 6)
	attention.Weigh(causal, a.Q, a.K, true)
	s.is("ch03[110] causal weights", causal)

	mask := f32.New(6, 6)
	torchrand.New(seed).Dropout(mask.Data, .5)
	s.is("ch03[115] dropout of ones", mask)
	f32.Mul(causal.Data, causal.Data, mask.Data)
	s.is("ch03[116] dropout of the weights", causal)
}

// manyHeads is cells 121 to 131: one head, two side by side, and one matrix split.
func manyHeads(s *sheet) {
	x, g := journey(), torchrand.New(seed)
	one, two := newHead(g, 3, 2, true), newHead(g, 3, 2, true)
	s.is("ch03[121] W_query", turned(one.Query))
	s.is("ch03[121] W_key", turned(one.Key))
	s.is("ch03[121] W_value", turned(one.Value))
	for item := range 2 { // of a batch that holds the text twice
		y, _ := contexts(one, x)
		s.is(fmt.Sprintf("ch03[121] CausalAttention %d", item), y)
		z, _ := contexts(two, x)
		s.is(fmt.Sprintf("ch03[127] second head %d", item), z)
		s.is(fmt.Sprintf("ch03[127] wrapper's output %d", item), shape(2, y.Rows, y.Cols+z.Cols))
	}
	narrow, _ := contexts(newHead(torchrand.New(seed), 3, 1, true), x)
	s.is("ch03 exercise 3.2 output of two heads", shape(2, narrow.Rows, 2*narrow.Cols))

	g = torchrand.New(seed)
	split := newHead(g, 3, 2, true)
	proj := newLinear(g, 2, 2, true)
	s.is("ch03[131] out_proj weight", turned(proj))
	s.is("ch03[131] out_proj bias", proj.B)
	both := f32.View(slices.Concat(x.Data, x.Data), 12, 3)
	q, k, v, mixed, y := f32.New(12, 2), f32.New(12, 2), f32.New(12, 2), f32.New(12, 2), f32.New(12, 2)
	split.Query.Forward(q, both)
	split.Key.Forward(k, both)
	split.Value.Forward(v, both)
	heads := attention.SideBySide{Heads: 2, T: 6, S: 6, Causal: true}
	heads.Forward(mixed, heads.NewPairs(2), attention.Views{Q: q, K: k, V: v}, nil)
	proj.Forward(y, mixed)
	s.is("ch03[131] MultiHeadAttention", y)
}
