package main

import (
	"fmt"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/cmd/reproduce/torchrand"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// journey is "Your journey starts with one step", the chapter's six vectors.
func journey() blas32.General {
	return f32.View([]float32{.43, .15, .89, .55, .87, .66, .57, .85, .64, .22, .58, .33, .77, .25, .10, .05, .80, .55}, 6, 3)
}

// simpleAttention is cells 28 to 55, and the products of cell 138.
func simpleAttention(lab *Lab) {
	x := journey()
	scores := attention.Scores(x)
	lab.is("ch03[28] scores of token 2", f32.Row(scores, 1))
	lab.is("ch03[31] one of them", f32.Dot(f32.Row(x, 0), f32.Row(x, 1)))
	share := slices.Clone(f32.Row(scores, 1))
	f32.Scale(1/f32.Sum(share), share)
	lab.is("ch03[33] divided by their sum", share)
	weights := slices.Clone(f32.Row(scores, 1))
	attention.Softmax(weights)
	lab.is("ch03[35] softmax", weights)
	lab.is("ch03[47] scores", scores)
	contexts, all := attention.Simple(x)
	lab.is("ch03[51] weights", all)
	lab.each("ch03[53] sum of row %d", func(i int) any { return f32.Sum(f32.Row(all, i)) })
	lab.is("ch03[40] context of token 2", f32.Row(contexts, 1))
	lab.is("ch03[55] contexts", contexts)

	demo := []float32{
		.2745, .6584, .2775, .8573, .8993, .0390, .9268, .7388, .7179, .7058, .9156, .4340,
		.0772, .3565, .1479, .5331, .4066, .2318, .4545, .9737, .4606, .5159, .4220, .5786,
	}
	lab.all("ch03[138]", attention.Scores(f32.View(demo[:12], 3, 4)), attention.Scores(f32.View(demo[12:], 3, 4)))
}

// newHead draws a head whose queries, keys and values are new linear layers.
func newHead(g *torchrand.Generator, in, out int, causal bool) attention.Head {
	query, key, value := newLinear(g, in, out, false), newLinear(g, in, out, false), newLinear(g, in, out, false)
	return attention.Head{Query: query, Key: key, Value: value, Causal: causal}
}

// contexts runs a head over x.
func contexts(h attention.Head, x blas32.General) (blas32.General, *attention.HeadActivations) {
	y, a := f32.New(x.Rows, h.Value.W.Cols), h.NewActivations(x.Rows)
	h.Forward(y, a, x)
	return y, a
}

// product is a·b.
func product(a, b blas32.General) blas32.General {
	c := f32.New(a.Rows, b.Cols)
	f32.Gemm(blas.NoTrans, blas.NoTrans, 1, a, b, 0, c)
	return c
}

// scores are the products of queries and keys.
func scores(v attention.Views) blas32.General {
	s := f32.New(v.Q.Rows, v.K.Rows)
	f32.Gemm(blas.NoTrans, blas.Trans, 1, v.Q, v.K, 0, s)
	return s
}

// weights are those of queries to keys.
func weights(v attention.Views, causal bool) blas32.General {
	w := f32.New(v.Q.Rows, v.K.Rows)
	attention.Weigh(w, v.Q, v.K, causal)
	return w
}

// heads is cells 68 to 131 and the exercises.
func heads(lab *Lab) {
	firstHead(lab)
	maskedHead(lab)
	manyHeads(lab)
}

// firstHead is cells 68 to 86, whose weights come from torch.rand.
func firstHead(lab *Lab) {
	g := torchrand.New(seed)
	h := attention.Head{Query: attention.NewLinear(3, 2, false), Key: attention.NewLinear(3, 2, false), Value: attention.NewLinear(3, 2, false)}
	for _, l := range []attention.Linear{h.Query, h.Key, h.Value} {
		g.Uniform(l.W.Data, 0, 1)
	}
	lab.all("ch03[68]", h.Query.W, h.Key.W, h.Value.W)
	y, a := contexts(h, journey())
	lab.is("ch03[70] query 2", f32.Row(a.Q, 1))
	lab.all("ch03[73]", shape(a.K.Rows, a.K.Cols), shape(a.V.Rows, a.V.Cols))
	ofToken2 := f32.Row(scores(a.Views), 1)
	lab.is("ch03[75] score 2 2", ofToken2[1])
	lab.is("ch03[77] scores of token 2", ofToken2)
	lab.is("ch03[80] weights of token 2", f32.Row(a.Weights, 1))
	lab.is("ch03[83] context of token 2", f32.Row(y, 1))
	lab.is("ch03[86] SelfAttention_v1", y)
}

// maskedHead is cells 89 to 116, with the weights of SelfAttention_v2.
func maskedHead(lab *Lab) {
	x, h := journey(), newHead(torchrand.New(789), 3, 2, false)
	y, a := contexts(h, x)
	lab.all("ch03[89]", y, turned(h.Query), turned(h.Key), turned(h.Value))

	// Exercise 3.1 gives v1 the turned weights of v2: as products they are these.
	v := attention.Views{Q: product(x, h.Query.W), K: product(x, h.Key.W), V: product(x, h.Value.W)}
	same := f32.New(6, 2)
	attention.Mix(same, weights(v, false), v.V)
	lab.is("ch03 exercise 3.1", same)

	lab.is("ch03[98] weights", a.Weights)
	lower := f32.New(6, 6)
	for i := range 6 {
		copy(f32.Row(lower, i)[:i+1], f32.Row(a.Weights, i))
	}
	lab.is("ch03[102] times a triangle", lower)
	for i := range 6 {
		f32.Scale(1/f32.Sum(f32.Row(lower, i)), f32.Row(lower, i))
	}
	lab.is("ch03[105] rows that sum to one", lower)

	masked := scores(a.Views)
	attention.MaskFuture(masked)
	lab.is("ch03[108] masked scores", masked)
	causal := weights(a.Views, true)
	lab.is("ch03[110] causal weights", causal)

	mask := f32.New(6, 6)
	torchrand.New(seed).Dropout(mask.Data, .5)
	lab.is("ch03[115] dropout of ones", mask)
	f32.Mul(causal.Data, causal.Data, mask.Data)
	lab.is("ch03[116] dropout of the weights", causal)
}

// manyHeads is cells 121 to 131: one head, two side by side, and one matrix split.
func manyHeads(lab *Lab) {
	x, g := journey(), torchrand.New(seed)
	one, two := newHead(g, 3, 2, true), newHead(g, 3, 2, true)
	lab.all("ch03[121]", turned(one.Query), turned(one.Key), turned(one.Value))
	for item := range 2 { // of a batch that holds the text twice
		y, _ := contexts(one, x)
		lab.is(fmt.Sprintf("ch03[121] CausalAttention %d", item), y)
		z, _ := contexts(two, x)
		lab.is(fmt.Sprintf("ch03[127] second head %d", item), z)
		lab.is(fmt.Sprintf("ch03[127] wrapper's output %d", item), shape(2, y.Rows, y.Cols+z.Cols))
	}
	narrow, _ := contexts(newHead(torchrand.New(seed), 3, 1, true), x)
	lab.is("ch03 exercise 3.2 output of two heads", shape(2, narrow.Rows, 2*narrow.Cols))

	g = torchrand.New(seed)
	split := newHead(g, 3, 2, true)
	proj := newLinear(g, 2, 2, true)
	lab.all("ch03[131]", turned(proj), proj.B)
	both := f32.View(slices.Concat(x.Data, x.Data), 12, 3)
	v := attention.Views{Q: product(both, split.Query.W), K: product(both, split.Key.W), V: product(both, split.Value.W)}
	heads, mixed, y := attention.SideBySide{Heads: 2, T: 6, S: 6, Causal: true}, f32.New(12, 2), f32.New(12, 2)
	heads.Forward(mixed, heads.NewPairs(2), v, nil)
	proj.Forward(y, mixed)
	lab.is("ch03[131] MultiHeadAttention", y)
}
