package main

import (
	"slices"

	"gonum.org/v1/gonum/blas/blas32"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/cmd/reproduce/torchrand"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// published is a configuration of GPT-2 as the published chapter 4 has it: without
// biases for queries, keys and values, and with a head of its own.
func published(c gpt.Config) gpt.Config {
	c.QKVBias, c.TiedHead = false, false
	return c
}

// gpt124M is the book's GPT_CONFIG_124M.
func gpt124M(context int) gpt.Config {
	c := published(gpt.GPT2Small)
	c.Context = context
	return c
}

// newGPT is the book's GPTModel as the generator leaves it: PyTorch draws each
// layer when it is made. Norms draw nothing.
func newGPT(c gpt.Config, g *torchrand.Generator) *gpt.Model {
	m := gpt.New(c)
	C := c.Width
	g.Normal(m.Embedding.Tokens.Data)
	g.Normal(m.Embedding.Positions.Data)
	for i := range m.Blocks {
		b := &m.Blocks[i]
		for at := 0; at < 3*C; at += C { // three layers there, one matrix here
			drawLinear(g, attention.Linear{W: f32.Cols(b.Attention.QKV.W, at, at+C)})
		}
		drawLinear(g, b.Attention.Proj)
		drawLinear(g, b.MLP.Fc)
		drawLinear(g, b.MLP.Proj)
		b.Norm1, b.Norm2 = newNorm(C), newNorm(C)
	}
	m.Norm = newNorm(C)
	g.Linear(m.Head.Data, nil, C) // (V,C) is (out, in) already
	return m
}

// newNorm is a new nn.LayerNorm.
func newNorm(C int) gpt.LayerNorm {
	return gpt.LayerNorm{Weight: slices.Repeat([]float32{1}, C), Bias: make([]float32, C)}
}

// newLinear is a new nn.Linear.
func newLinear(g *torchrand.Generator, in, out int, bias bool) attention.Linear {
	l := attention.NewLinear(in, out, bias)
	drawLinear(g, l)
	return l
}

// drawLinear draws a new nn.Linear, whose weight is (out, in), into l.
func drawLinear(g *torchrand.Generator, l attention.Linear) {
	theirs := f32.New(l.W.Cols, l.W.Rows)
	g.Linear(theirs.Data, l.B, l.W.Rows)
	turn(l.W, theirs)
}

// turned is the weight as PyTorch stores it, (out, in).
func turned(l attention.Linear) blas32.General {
	w := f32.New(l.W.Cols, l.W.Rows)
	turn(w, l.W)
	return w
}

// turn sets dst to the transpose of src.
func turn(dst, src blas32.General) {
	for i := range dst.Rows {
		for j := range dst.Cols {
			dst.Data[i*dst.Stride+j] = src.Data[j*src.Stride+i]
		}
	}
}

// A student is a [pretrain.LanguageModel] that learns with PyTorch's dropout.
type student struct {
	*pretrain.LanguageModel // without dropout
	tape
	model, grad *gpt.Model
}

// newStudent prepares to train m on batches of B sequences of T ids, by gradients
// that go to grad.
func newStudent(m, grad *gpt.Model, g *torchrand.Generator, B, T int) *student {
	return &student{pretrain.NewLanguageModel(m, gpt.Frozen, B, T), tape{g: g, drop: 0.1}, m, grad}
}

// Grads are the gradients that Learn adds to.
func (s *student) Grads() []gpt.Param { return s.grad.Params() }

// Learn is [pretrain.LanguageModel.Learn] with the generator's dropout. It needs
// no other source of chance.
func (s *student) Learn(b embeddings.Batch, scale float32, _ *attention.Dropout) float64 {
	loss := pretrain.CrossEntropyBackward(s.forward(b), b.Targets, scale)
	s.backward()
	return loss
}

// forward returns the logits (N,V) of a training pass.
func (s *student) forward(batch embeddings.Batch) blas32.General {
	s.rewind()
	x := s.dropout(s.embed(&s.model.Embedding, &s.grad.Embedding, batch.Inputs, batch.T))
	for i := range s.model.Blocks {
		b, grad := &s.model.Blocks[i], &s.grad.Blocks[i]
		y := s.norm(&b.Norm1, &grad.Norm1, s.fork(x))
		y = s.linear(&b.Attention.QKV, &grad.Attention.QKV, y)
		y = s.heads(b.Attention.Heads, batch.T, y)
		y = s.linear(&b.Attention.Proj, &grad.Attention.Proj, y)
		x = s.add(s.dropout(y), x)

		y = s.norm(&b.Norm2, &grad.Norm2, s.fork(x))
		y = s.gelu(s.linear(&b.MLP.Fc, &grad.MLP.Fc, y))
		y = s.linear(&b.MLP.Proj, &grad.MLP.Proj, y)
		x = s.add(s.dropout(y), x)
	}
	return s.logits(s.model, s.grad, s.norm(&s.model.Norm, &s.grad.Norm, x)).v
}
