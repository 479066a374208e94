package main

import (
	"gonum.org/v1/gonum/blas/blas32"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/cmd/reproduce/torchrand"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// gpt124M is the book's GPT_CONFIG_124M: the published size, but with a head of
// its own and without a bias on queries, keys and values.
func gpt124M(context int) gpt.Config {
	c := gpt.GPT2Small
	c.Context, c.QKVBias, c.TiedHead = context, false, false
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
			drawLinear(g, f32.Cols(b.Attention.QKV.W, at, at+C), nil)
		}
		drawLinear(g, b.Attention.Proj.W, b.Attention.Proj.B)
		drawLinear(g, b.MLP.Fc.W, b.MLP.Fc.B)
		drawLinear(g, b.MLP.Proj.W, b.MLP.Proj.B)
		ones(b.Norm1.Weight)
		ones(b.Norm2.Weight)
	}
	ones(m.Norm.Weight)
	g.Linear(m.Head.Data, nil, C) // (V,C) is (out, in) already
	return m
}

func ones(x []float32) {
	for i := range x {
		x[i] = 1
	}
}

// drawLinear draws a new nn.Linear, whose weight is (out, in), into w (in, out).
func drawLinear(g *torchrand.Generator, w blas32.General, bias []float32) {
	theirs := f32.New(w.Cols, w.Rows)
	g.Linear(theirs.Data, bias, w.Rows)
	for i := range w.Rows {
		for j := range w.Cols {
			w.Data[i*w.Stride+j] = theirs.Data[j*theirs.Stride+i]
		}
	}
}

// A student trains a model with PyTorch's dropout. The chapters drop weights of
// attention tile by tile and never hold all of them; PyTorch draws a factor for
// each pair of positions, in the future too, and to draw the same ones is to hold
// them. All else is the chapters' layers. A student is a [pretrain.Learner].
type student struct {
	*pretrain.LanguageModel // without dropout
	model, grad             *gpt.Model
	drop                    float64 // the published book's share
	g                       *torchrand.Generator

	B, T    int // of the last pass
	ids     []int
	mask    []float32   // (N,C), the embedding's dropout
	stream  [][]float32 // L+1 of (N,C)
	blocks  []*blockPass
	moments *gpt.Moments
	hidden  []float32 // (N,C)
	logits  []float32 // (N,V)
	d       *blockPass
	dstream [2][]float32 // (N,C)
}

// newStudent prepares to train m on batches of at most B sequences of T ids, by
// gradients that go to grad.
func newStudent(m, grad *gpt.Model, g *torchrand.Generator, B, T int) *student {
	c := m.Config
	N, C := B*T, c.Width
	s := &student{
		model: m, grad: grad, drop: 0.1, g: g,
		mask: make([]float32, N*C), moments: gpt.NewMoments(N), hidden: make([]float32, N*C),
		logits: make([]float32, N*c.Vocab), d: newBlockPass(c, B, T),
		dstream: [2][]float32{make([]float32, N*C), make([]float32, N*C)},
	}
	s.LanguageModel = pretrain.NewLanguageModel(m, s.grad, B, T)
	s.stream = append(s.stream, make([]float32, N*C))
	for range c.Layers {
		s.stream = append(s.stream, make([]float32, N*C))
		s.blocks = append(s.blocks, newBlockPass(c, B, T))
	}
	return s
}

// Learn is [pretrain.LanguageModel.Learn] with the generator's dropout. It needs
// no other source of chance.
func (s *student) Learn(b embeddings.Batch, scale float32, _ *attention.Dropout) float64 {
	logits := s.forward(b)
	loss := pretrain.CrossEntropyBackward(logits, b.Targets, scale)
	s.backward(logits)
	return loss
}

// forward returns the logits (N,V) of a training pass.
func (s *student) forward(b embeddings.Batch) blas32.General {
	s.B, s.T, s.ids = b.B, b.T, b.Inputs
	x := s.rows(s.stream[0])
	s.model.Embedding.Forward(x, b.Inputs, b.T, 0)
	s.dropOut(x, s.mask)
	for i, p := range s.blocks {
		y := s.rows(s.stream[i+1])
		s.block(y, &s.model.Blocks[i], p, x)
		x = y
	}
	hidden := s.rows(s.hidden)
	s.model.Norm.Forward(hidden, s.moments, x)
	logits := f32.View(s.logits, hidden.Rows, s.model.Config.Vocab)
	s.model.Logits(logits, hidden)
	return logits
}

// backward undoes forward, given the gradient of the logits.
func (s *student) backward(dlogits blas32.General) {
	L := len(s.blocks)
	dhidden := s.rows(s.d.normed1)
	s.model.LogitsBackward(dhidden, s.grad, dlogits, s.rows(s.hidden))
	dy := s.rows(s.dstream[L%2])
	s.model.Norm.Backward(dy, &s.grad.Norm, s.moments, dhidden, s.rows(s.stream[L]))
	for i := L - 1; i >= 0; i-- {
		dx := s.rows(s.dstream[i%2])
		s.blockBackward(dx, &s.model.Blocks[i], &s.grad.Blocks[i], s.blocks[i], dy, s.rows(s.stream[i]))
		dy = dx
	}
	f32.Mul(dy.Data, dy.Data, s.mask[:len(dy.Data)])
	s.model.Embedding.Backward(&s.grad.Embedding, dy, s.ids, s.T)
}

// rows views room for (N,C) values.
func (s *student) rows(data []float32) blas32.General {
	return f32.View(data, s.B*s.T, s.model.Config.Width)
}

// dropOut draws the factors of x and multiplies by them.
func (s *student) dropOut(x blas32.General, mask []float32) {
	mask = mask[:len(x.Data)]
	s.g.Dropout(mask, s.drop)
	f32.Mul(x.Data, x.Data, mask)
}

// blockPass is what the pass through one block keeps for the way back, and in a
// student's d the gradients of these.
type blockPass struct {
	moments1, moments2     *gpt.Moments
	normed1, normed2, mid  []float32 // (N,C)
	mixed, out             []float32 // (N,C)
	qkv                    []float32 // (N,3C)
	weights, used, factors []float32 // (B,H,T,T): before dropout, after it, and between
	mask1, mask2           []float32 // (N,C)
	mlp                    *gpt.MLPActivations
}

func newBlockPass(c gpt.Config, B, T int) *blockPass {
	N, C, pairs := B*T, c.Width, B*c.Heads*T*T
	room := func(n int) []float32 { return make([]float32, n) }
	return &blockPass{
		moments1: gpt.NewMoments(N), moments2: gpt.NewMoments(N),
		normed1: room(N * C), normed2: room(N * C), mid: room(N * C), mixed: room(N * C), out: room(N * C), qkv: room(N * 3 * C),
		weights: room(pairs), used: room(pairs), factors: room(pairs), mask1: room(N * C), mask2: room(N * C),
		mlp: gpt.NewMLPActivations(N, C),
	}
}

// block sets y to the block's result for x, in the book's order: the weights of
// attention are dropped, then what attention adds, then what the MLP adds.
func (s *student) block(y blas32.General, b *gpt.Block, p *blockPass, x blas32.General) {
	normed1, mixed, mid, normed2 := s.rows(p.normed1), s.rows(p.mixed), s.rows(p.mid), s.rows(p.normed2)
	qkv := f32.View(p.qkv, x.Rows, 3*x.Cols)

	b.Norm1.Forward(normed1, p.moments1, x)
	b.Attention.QKV.Forward(qkv, normed1)
	s.g.Dropout(p.factors[:s.B*b.Attention.Heads*s.T*s.T], s.drop)
	s.headsForward(p, b.Attention.Heads)
	b.Attention.Proj.Forward(mid, mixed)
	s.dropOut(mid, p.mask1)
	f32.Add(mid.Data, x.Data)

	b.Norm2.Forward(normed2, p.moments2, mid)
	b.MLP.Forward(y, p.mlp, normed2)
	s.dropOut(y, p.mask2)
	f32.Add(y.Data, mid.Data)
}

// blockBackward undoes block, last line first.
func (s *student) blockBackward(dx blas32.General, b, grad *gpt.Block, p *blockPass, dy, x blas32.General) {
	d := s.d
	normed1, mixed, mid, normed2 := s.rows(p.normed1), s.rows(p.mixed), s.rows(p.mid), s.rows(p.normed2)
	dnormed1, dmixed, dmid, dnormed2, dout := s.rows(d.normed1), s.rows(d.mixed), s.rows(d.mid), s.rows(d.normed2), s.rows(d.out)
	dqkv := f32.View(d.qkv, x.Rows, 3*x.Cols)

	f32.Mul(dout.Data, dy.Data, p.mask2[:len(dy.Data)])
	b.MLP.Backward(dnormed2, &grad.MLP, d.mlp, p.mlp, dout, normed2)
	b.Norm2.Backward(dmid, &grad.Norm2, p.moments2, dnormed2, mid)
	f32.Add(dmid.Data, dy.Data)

	f32.Mul(dout.Data, dmid.Data, p.mask1[:len(dmid.Data)])
	b.Attention.Proj.Backward(dmixed, &grad.Attention.Proj, dout, mixed)
	s.headsBackward(p, b.Attention.Heads)
	b.Attention.QKV.Backward(dnormed1, &grad.Attention.QKV, dqkv, normed1)
	b.Norm1.Backward(dx, &grad.Norm1, p.moments1, dnormed1, x)
	f32.Add(dx.Data, dmid.Data)
}

// A head is one of B·H: its queries, keys, values and result (T,D), its pairs
// (T,T), and the gradients of all these.
type head struct{ q, k, v, y, weights, used, factors blas32.General }

// head returns what belongs to head i of a pass.
func (s *student) head(p *blockPass, heads, i int) head {
	C := s.model.Config.Width
	D, at := C/heads, i%heads*(C/heads)
	rows := func(data []float32, cols, from int) blas32.General {
		m := f32.Rows(f32.View(data, s.B*s.T, cols), i/heads*s.T, (i/heads+1)*s.T)
		return f32.Cols(m, from, from+D)
	}
	pairs := func(data []float32) blas32.General { return f32.View(data[i*s.T*s.T:], s.T, s.T) }
	return head{
		rows(p.qkv, 3*C, at), rows(p.qkv, 3*C, C+at), rows(p.qkv, 3*C, 2*C+at), rows(p.mixed, C, at),
		pairs(p.weights), pairs(p.used), pairs(p.factors),
	}
}

// headsForward mixes the heads of a pass.
func (s *student) headsForward(p *blockPass, heads int) {
	f32.Run(s.B*heads, 1, func(i, _ int) {
		h := s.head(p, heads, i)
		attention.Weigh(h.weights, h.q, h.k, true)
		f32.Mul(h.used.Data, h.weights.Data, h.factors.Data)
		attention.Mix(h.y, h.used, h.v)
	})
}

// headsBackward undoes headsForward.
func (s *student) headsBackward(p *blockPass, heads int) {
	f32.Run(s.B*heads, 1, func(i, _ int) {
		h, d := s.head(p, heads, i), s.head(s.d, heads, i)
		attention.MixBackward(d.weights, d.v, d.y, h.used, h.v)
		f32.Mul(d.weights.Data, d.weights.Data, h.factors.Data)
		attention.WeighBackward(d.q, d.k, d.weights, h.weights, h.q, h.k)
	})
}
