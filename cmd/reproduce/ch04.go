package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/cmd/reproduce/torchrand"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// layers is cells 22 to 57: two rows through a layer, their norm, the bend, and
// what shortcuts do to gradients.
func layers(lab *Lab) {
	g, t := torchrand.New(seed), new(tape)
	x := f32.New(2, 5)
	g.Normal(x.Data)
	lab.is("ch04[22] batch", x)
	layer := newLinear(g, 5, 6, true)
	y := t.relu(t.linear(&layer, nil, tensor{v: x})).v
	lab.is("ch04[22] layer and ReLU", y)
	normalised := f32.New(2, 6)
	for i := range 2 {
		mean, variance := stat.MeanVariance(doubles(f32.Row(y, i)), nil)
		lab.all("ch04[24]", mean, variance)
		for j, v := range f32.Row(y, i) {
			f32.Row(normalised, i)[j] = float32((float64(v) - mean) / math.Sqrt(variance))
		}
	}
	lab.is("ch04[28] normalised", normalised)
	for i := range 2 {
		mean, variance := stat.MeanVariance(doubles(f32.Row(normalised, i)), nil)
		lab.all("ch04[30]", mean, variance)
	}

	norm, normed := newNorm(6), f32.New(2, 6)
	norm.Forward(normed, gpt.NewMoments(2), y)
	lab.is("ch04 LayerNorm of the layer's output", normed)
	lab.each("ch04[35] variance %d after LayerNorm", func(i int) any { return stat.PopVariance(doubles(f32.Row(normed, i)), nil) })
	for _, x := range []float32{-3, -2, -1, -.75, -.5, .5, 1, 2, 3} {
		lab.is(fmt.Sprintf("ch04[38] GELU(%v)", x), gpt.GELU(x))
	}
	lab.is("ch04[55] mean gradients without shortcuts", shortcutGradients(false))
	lab.is("ch04[57] mean gradients with shortcuts", shortcutGradients(true))
}

// shortcutGradients sends [1, 0, -1] through five layers, each bent by GELU and, if
// asked, added to its input, and returns the mean size of each weight's gradient
// when the output should have been 0.
func shortcutGradients(shortcuts bool) []float32 {
	n, t := newNetwork(torchrand.New(seed), 3, 3, 3, 3, 3, 1), new(tape)
	x := t.tensor(1, 3)
	copy(x.v.Data, []float32{1, 0, -1})
	for i := range n.layers {
		l, grad := &n.layers[i], &n.grads[i]
		if shortcuts && l.W.Rows == l.W.Cols {
			x = t.add(t.gelu(t.linear(l, grad, t.fork(x))), x)
		} else {
			x = t.gelu(t.linear(l, grad, x))
		}
	}
	x.d.Data[0] = 2 * x.v.Data[0] // of the squared distance from 0
	t.backward()
	var means []float32
	for _, grad := range n.grads {
		var sum float32
		for _, v := range grad.W.Data {
			sum += float32(math.Abs(float64(v)))
		}
		means = append(means, sum/float32(len(grad.W.Data)))
	}
	return means
}

// dummyGPT is cell 16: embeddings with dropout, and the head.
func dummyGPT(lab *Lab) {
	const C = 768
	V := lab.GPT2.Vocab()
	ids := append(lab.GPT2.Encode("Every effort moves you"), lab.GPT2.Encode("Every day holds a")...)
	g := torchrand.New(seed)
	e := embeddings.Embedding{Tokens: f32.New(V, C), Positions: f32.New(1024, C)}
	g.Normal(e.Tokens.Data)
	g.Normal(e.Positions.Data)
	head := f32.New(V, C)
	g.Linear(head.Data, nil, C)

	t := tape{g: g, drop: .1}
	x := t.dropout(t.embed(&e, nil, ids, 4)).v
	lab.is("ch04[16] output", shape(2, x.Rows/2, head.Rows))
	lab.each("ch04[16] logits %d", func(i int) any {
		// Only what is printed, and with many sums side by side: the exact 1.6754499 of
		// the fourth row is so near to 1.67545 that f32.Gemm, whose sum is one, prints
		// 1.6755, as does PyTorch 1.13 on this kind of processor.
		var logits []float32
		for _, id := range []int{0, 1, 2, V - 3, V - 2, V - 1} {
			logits = append(logits, f32.Dot(f32.Row(x, i), f32.Row(head, id)))
		}
		return logits
	})
}

// sizes counts what cells 74 to 80, the exercises and the bonus notebooks count.
func sizes(lab *Lab) {
	partSizes(lab)
	for _, c := range []struct {
		where string
		gpt.Config
	}{
		{"ch04[74-80] small", gpt.GPT2Small}, {"ch04 exercise 4.2 medium", gpt.GPT2Medium},
		{"ch04 exercise 4.2 large", gpt.GPT2Large}, {"ch04 exercise 4.2 XL", gpt.GPT2XL},
	} {
		config := published(c.Config)
		lab.is(c.where+" parameters", config.ParamCount())
		lab.is(c.where+" MB", float64(config.WeightBytes())/(1<<20))
		// What the notebook counts with leaves products out that have no weights:
		// those of queries, keys and values, next to nothing where T is 1.
		lab.is(c.where+" FLOPs forward", float64(config.ForwardFLOPs(2*1024, 1)))
		config.TiedHead = true
		lab.is(c.where+" parameters, head tied", config.ParamCount())
	}
	cacheSizes(lab)
	lab.all("ch05[134]", gpt.GPT2Small.Vocab, gpt.GPT2Small.Context, gpt.GPT2Small.Width, gpt.GPT2Small.Heads, gpt.GPT2Small.Layers)
}

// partSizes counts the parameters of the parts of a block.
func partSizes(lab *Lab) {
	block := published(gpt.GPT2Small)
	block.Vocab, block.Layers = 1, 1
	params := func(part string) (n int) {
		for _, p := range gpt.New(block).Params() {
			if strings.HasPrefix(p.Name, part) {
				n += len(p.Data)
			}
		}
		return n
	}
	lab.is("ch03 exercise 3.3 parameters", params("h.0.attn."))
	for _, part := range []string{"mlp.", "mlp.c_fc.", "mlp.c_proj.", "attn.", "attn.c_attn.", "attn.c_proj."} {
		lab.all("ch04 exercise 4.1", params("h.0."+part))
	}
}

// cacheSizes counts what keys and values of two bytes take: so many values for each
// of all layers' tokens.
func cacheSizes(lab *Lab) {
	const ofWindows = 5*32768 + 27*1024 // 5 of 32 layers keep all tokens, the others the last 1024
	gigabytes := func(tokens, values int) float64 { return float64(2*tokens*values) / 1e9 }
	lab.all("ch04/04", gigabytes(32*32768, 2*4096), gigabytes(32*32768, 2*4096/4))
	lab.all("ch04/05", gigabytes(48*8192, 2*24*86), gigabytes(48*8192, 1024)) // 86 is 2048/24 rounded up
	lab.all("ch04/06", gigabytes(ofWindows, 2*4096), gigabytes(ofWindows, 2*4096/4))
}

// untrainedModel is chapter 4's model of 124M weights, as it is drawn.
func untrainedModel(lab *Lab) {
	g := torchrand.New(seed)
	m := newGPT(gpt124M(1024), g)
	batch := embeddings.Batch{B: 2, T: 4, Inputs: []int{6109, 3626, 6100, 345, 6109, 1110, 6622, 257}}
	logits := newStudent(m, m.Gradient(gpt.Frozen), g, batch.B, batch.T).forward(batch)
	for i := range logits.Rows {
		lab.is("ch04[72] logits", ends(f32.Row(logits, i)))
	}
	lab.is("ch04[91] greedy after Hello, I am", take(m.Greedy([]int{15496, 11, 314, 716}), 6))
}

// ends are the first and last three of the values, which is what PyTorch prints.
func ends(x []float32) []float32 { return slices.Concat(x[:3], x[len(x)-3:]) }
