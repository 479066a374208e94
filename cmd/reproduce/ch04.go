package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/blas/blas32"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/cmd/reproduce/torchrand"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// layers is cells 22 to 57: two rows through a layer, their norm, the bend, and
// what shortcuts do to gradients.
func layers(_ context.Context, _ *Lab, s *sheet) error {
	g := torchrand.New(seed)
	x, y := f32.New(2, 5), f32.New(2, 6)
	g.Normal(x.Data)
	s.is("ch04[22] batch", x)
	layer := newLinear(g, 5, 6, true)
	layer.Forward(y, x)
	for i, v := range y.Data {
		y.Data[i] = gpt.ReLU(v)
	}
	s.is("ch04[22] layer and ReLU", y)
	normalised := f32.New(2, 6)
	for i := range 2 {
		mean, variance := moments(f32.Row(y, i), 1)
		s.is(fmt.Sprintf("ch04[24] mean %d", i), mean)
		s.is(fmt.Sprintf("ch04[24] variance %d", i), variance)
		for j, v := range f32.Row(y, i) {
			f32.Row(normalised, i)[j] = float32((float64(v) - mean) / math.Sqrt(variance))
		}
	}
	s.is("ch04[28] normalised", normalised)
	for i := range 2 {
		mean, variance := moments(f32.Row(normalised, i), 1)
		s.is(fmt.Sprintf("ch04[30] mean %d", i), mean)
		s.is(fmt.Sprintf("ch04[30] variance %d", i), variance)
	}

	// LayerNorm of the six outputs, and of the five inputs.
	normed := layerNorm(y)
	s.is("ch04 LayerNorm of the layer's output", normed)
	for i := range 2 {
		_, variance := moments(f32.Row(normed, i), 0)
		s.is(fmt.Sprintf("ch04[35] variance %d after LayerNorm", i), variance)
	}
	for _, x := range []float32{-3, -2, -1, -.75, -.5, .5, 1, 2, 3} {
		s.is(fmt.Sprintf("ch04[38] GELU(%v)", x), gpt.GELU(x))
	}
	s.is("ch04[55] mean gradients without shortcuts", shortcutGradients(false))
	s.is("ch04[57] mean gradients with shortcuts", shortcutGradients(true))
	return nil
}

// moments returns the mean of x, and its variance with so many degrees of freedom
// taken away.
func moments(x []float32, lost int) (mean, variance float64) {
	for _, v := range x {
		mean += float64(v)
	}
	mean /= float64(len(x))
	for _, v := range x {
		variance += (float64(v) - mean) * (float64(v) - mean)
	}
	return mean, variance / float64(len(x)-lost)
}

// layerNorm is a new LayerNorm of x.
func layerNorm(x blas32.General) blas32.General {
	norm := gpt.LayerNorm{Weight: make([]float32, x.Cols), Bias: make([]float32, x.Cols)}
	ones(norm.Weight)
	y := f32.New(x.Rows, x.Cols)
	norm.Forward(y, gpt.NewMoments(x.Rows), x)
	return y
}

// shortcutGradients sends [1, 0, -1] through five layers, each bent by GELU and, if
// asked, added to its input, and returns the mean size of each weight's gradient
// when the output should have been 0.
func shortcutGradients(shortcuts bool) []float32 {
	g := torchrand.New(seed)
	sizes := []int{3, 3, 3, 3, 3, 1}
	var layers, grads []attention.Linear
	for i := range sizes[1:] {
		layers = append(layers, newLinear(g, sizes[i], sizes[i+1], true))
		grads = append(grads, attention.NewLinear(sizes[i], sizes[i+1], true))
	}
	x := f32.View([]float32{1, 0, -1}, 1, 3)
	var inputs, wide []blas32.General
	for _, l := range layers {
		u, y := f32.New(1, l.W.Cols), f32.New(1, l.W.Cols)
		l.Forward(u, x)
		for i, v := range u.Data {
			y.Data[i] = gpt.GELU(v)
		}
		if shortcuts && y.Cols == x.Cols {
			f32.Add(y.Data, x.Data)
		}
		inputs, wide = append(inputs, x), append(wide, u)
		x = y
	}
	dy := f32.View([]float32{2 * x.Data[0]}, 1, 1) // of the squared distance from 0
	for i := len(layers) - 1; i >= 0; i-- {
		du, dx := f32.New(1, dy.Cols), f32.New(1, inputs[i].Cols)
		for j, v := range wide[i].Data {
			du.Data[j] = dy.Data[j] * gpt.GELUSlope(v)
		}
		layers[i].Backward(dx, &grads[i], du, inputs[i])
		if shortcuts && dy.Cols == dx.Cols {
			f32.Add(dx.Data, dy.Data)
		}
		dy = dx
	}
	means := make([]float32, len(grads))
	for i, grad := range grads {
		for _, v := range grad.W.Data {
			means[i] += float32(math.Abs(float64(v)))
		}
		means[i] /= float32(len(grad.W.Data))
	}
	return means
}

// dummyGPT is cell 16: embeddings with dropout, and the head.
func dummyGPT(_ context.Context, lab *Lab, s *sheet) error {
	const C = 768
	V := lab.GPT2.Vocab()
	ids := append(lab.GPT2.Encode("Every effort moves you"), lab.GPT2.Encode("Every day holds a")...)
	g := torchrand.New(seed)
	e := embeddings.Embedding{Tokens: f32.New(V, C), Positions: f32.New(1024, C)}
	g.Normal(e.Tokens.Data)
	g.Normal(e.Positions.Data)
	head := f32.New(V, C)
	g.Linear(head.Data, nil, C)

	x, mask := f32.New(len(ids), C), make([]float32, len(ids)*C)
	e.Forward(x, ids, 4, 0)
	g.Dropout(mask, .1)
	f32.Mul(x.Data, x.Data, mask)
	s.is("ch04[16] output", shape(2, x.Rows/2, head.Rows))
	for i := range x.Rows {
		// Only what is printed, and with many sums side by side: the exact 1.6754499 of
		// the fourth row is so near to 1.67545 that f32.Gemm, whose sum is one, prints
		// 1.6755, as does PyTorch 1.13 on this kind of processor.
		var logits []float32
		for _, id := range []int{0, 1, 2, V - 3, V - 2, V - 1} {
			logits = append(logits, f32.Dot(f32.Row(x, i), f32.Row(head, id)))
		}
		s.is(fmt.Sprintf("ch04[16] logits %d", i), logits)
	}
	return nil
}

// sizes counts the parameters of cells 74 to 80 and of the exercises, and what the
// bonus notebooks count.
func sizes(_ context.Context, _ *Lab, s *sheet) error {
	block := published(gpt.GPT2Small)
	block.Vocab, block.Layers = 1, 1
	count := func(part string) (n int) {
		for _, p := range gpt.New(block).Params() {
			if strings.HasPrefix(p.Name, part+".") {
				n += len(p.Data)
			}
		}
		return n
	}
	s.is("ch03 exercise 3.3 parameters", count("h.0.attn"))
	s.is("ch04 exercise 4.1 feed-forward", count("h.0.mlp"))
	s.is("ch04 exercise 4.1 its first layer", count("h.0.mlp.c_fc"))
	s.is("ch04 exercise 4.1 its second layer", count("h.0.mlp.c_proj"))
	s.is("ch04 exercise 4.1 attention", count("h.0.attn"))
	s.is("ch04 exercise 4.1 its queries, keys and values", count("h.0.attn.c_attn"))
	s.is("ch04 exercise 4.1 its projection", count("h.0.attn.c_proj"))

	for _, c := range []struct {
		where  string
		config gpt.Config
	}{
		{"ch04[74-80] small", gpt.GPT2Small}, {"ch04 exercise 4.2 medium", gpt.GPT2Medium},
		{"ch04 exercise 4.2 large", gpt.GPT2Large}, {"ch04 exercise 4.2 XL", gpt.GPT2XL},
	} {
		config := published(c.config)
		s.is(c.where+" parameters", config.ParamCount())
		s.is(c.where+" MB", float64(config.WeightBytes())/(1<<20))
		// What the notebook counts with leaves products out that have no weights:
		// those of queries, keys and values, next to nothing where T is 1.
		s.is(c.where+" FLOPs forward", float64(config.ForwardFLOPs(2*1024, 1)))
		config.TiedHead = true
		s.is(c.where+" parameters, head tied", config.ParamCount())
	}
	for _, c := range []struct {
		where                              string
		layers, full, tokens, width, short int // full layers keep width values of all tokens, the others of the last few
	}{
		{"ch04/04 attention", 32, 32, 32768, 2 * 4096, 0},
		{"ch04/04 in groups of four", 32, 32, 32768, 2 * 4096 / 4, 0},
		{"ch04/05 attention", 48, 48, 8192, 2 * 24 * 86, 0}, // 2048/24 rounded up
		{"ch04/05 latent", 48, 48, 8192, 1024, 0},
		{"ch04/06 with windows", 32, 5, 32768, 2 * 4096, 1024},
		{"ch04/06 with windows, in groups of four", 32, 5, 32768, 2 * 4096 / 4, 1024},
	} {
		positions := c.full*c.tokens + (c.layers-c.full)*c.short
		s.is(c.where+": GB of keys and values", float64(positions*c.width*2)/1e9) // of two bytes
	}
	small := gpt.GPT2Small
	s.is("ch05[134] vocabulary", small.Vocab)
	s.is("ch05[134] context", small.Context)
	s.is("ch05[134] width", small.Width)
	s.is("ch05[134] heads", small.Heads)
	s.is("ch05[134] layers", small.Layers)
	return nil
}

// published is a configuration of GPT-2 as the published chapter 4 has it: without
// biases for queries, keys and values, and with a head of its own.
func published(c gpt.Config) gpt.Config {
	c.QKVBias, c.TiedHead = false, false
	return c
}

// untrainedModel is chapter 4's model of 124M weights, as it is drawn.
func untrainedModel(_ context.Context, _ *Lab, s *sheet) error {
	g := torchrand.New(seed)
	m := newGPT(gpt124M(1024), g)
	batch := embeddings.Batch{B: 2, T: 4, Inputs: []int{6109, 3626, 6100, 345, 6109, 1110, 6622, 257}}
	logits := newStudent(m, frozen(m), g, batch.B, batch.T).forward(batch)
	for i := range logits.Rows {
		s.is("ch04[72] logits", ends(f32.Row(logits, i)))
	}
	s.is("ch04[91] greedy after Hello, I am", take(m, []int{15496, 11, 314, 716}, 6))
	return nil
}

// frozen is a gradient that trains nothing, and takes no memory.
func frozen(m *gpt.Model) *gpt.Model { return m.Gradient(func(string) bool { return false }) }

// ends are the first and last three of the values, which is what PyTorch prints.
func ends(x []float32) []float32 { return slices.Concat(x[:3], x[len(x)-3:]) }

// take returns the n likeliest tokens after prompt.
func take(m *gpt.Model, prompt []int, n int) []int {
	var ids []int
	for id := range m.Greedy(prompt) {
		if ids = append(ids, id); len(ids) == n {
			break
		}
	}
	return ids
}
