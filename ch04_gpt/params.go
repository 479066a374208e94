package gpt

import (
	"fmt"

	"gonum.org/v1/gonum/blas/blas32"
)

// Param is one tensor of a model, under the name it has in the files that
// Hugging Face publishes. Data is the model's own memory; in a gradient it is
// nil where the parameter is frozen.
type Param struct {
	Name  string
	Shape []int
	Data  []float32
}

// Size is the number of its values, with or without memory for them.
func (p Param) Size() int {
	size := 1
	for _, d := range p.Shape {
		size *= d
	}
	return size
}

// Params lists the parameters in their one order, which initialisation,
// optimiser, gradients and files all share.
func (m *Model) Params() []Param {
	slots := m.slots()
	params := make([]Param, len(slots))
	for i, s := range slots {
		params[i] = Param{s.name, s.shape, *s.data}
	}
	return params
}

// A slot is a parameter and the place in the model that holds its memory. The level
// counts from the bottom: -1 in the embedding, i in block i, L above them.
type slot struct {
	name  string
	shape []int
	data  *[]float32
	level int
}

// slots is the one place where names, shapes and order are written down.
// Linear weights are (in, out), as in the published files.
func (m *Model) slots() []slot {
	level := -1
	matrix := func(name string, w *blas32.General) slot {
		return slot{name, []int{w.Rows, w.Cols}, &w.Data, level}
	}
	vector := func(name string, size int, v *[]float32) slot {
		return slot{name, []int{size}, v, level}
	}
	C := m.Config.Width
	list := []slot{
		matrix("wte.weight", &m.Embedding.Tokens),
		matrix("wpe.weight", &m.Embedding.Positions),
	}
	for level = range m.Blocks {
		b, h := &m.Blocks[level], fmt.Sprintf("h.%d.", level)
		list = append(list,
			vector(h+"ln_1.weight", C, &b.Norm1.Weight),
			vector(h+"ln_1.bias", C, &b.Norm1.Bias),
			matrix(h+"attn.c_attn.weight", &b.Attention.QKV.W))
		if m.Config.QKVBias {
			list = append(list, vector(h+"attn.c_attn.bias", 3*C, &b.Attention.QKV.B))
		}
		list = append(list,
			matrix(h+"attn.c_proj.weight", &b.Attention.Proj.W),
			vector(h+"attn.c_proj.bias", C, &b.Attention.Proj.B),
			vector(h+"ln_2.weight", C, &b.Norm2.Weight),
			vector(h+"ln_2.bias", C, &b.Norm2.Bias),
			matrix(h+"mlp.c_fc.weight", &b.MLP.Fc.W),
			vector(h+"mlp.c_fc.bias", 4*C, &b.MLP.Fc.B),
			matrix(h+"mlp.c_proj.weight", &b.MLP.Proj.W),
			vector(h+"mlp.c_proj.bias", C, &b.MLP.Proj.B))
	}
	level = len(m.Blocks)
	list = append(list, vector("ln_f.weight", C, &m.Norm.Weight), vector("ln_f.bias", C, &m.Norm.Bias))
	if !m.Config.TiedHead {
		list = append(list, matrix("lm_head.weight", &m.Head))
	}
	return list
}

// New returns a model with all weights zero. It panics if the configuration is
// not valid; ask [Config.Validate] first where it comes from a user.
func New(c Config) *Model { return (&Model{Config: c}).Gradient(nil) }

// Params are those of a model of this configuration, without memory.
func (c Config) Params() []Param { return (&Model{Config: c}).Gradient(Frozen).Params() }

// Frozen trains nothing: a pass with it only runs forward.
func Frozen(string) bool { return false }

// Gradient returns a value for the gradients of m, all zero: another Model,
// without memory for the parameters whose names trains refuses. A nil trains
// refuses none.
func (m *Model) Gradient(trains func(name string) bool) *Model {
	c := m.Config
	if err := c.Validate(); err != nil {
		panic(err.Error())
	}
	g := &Model{Config: c, Blocks: make([]Block, c.Layers), lowest: c.Layers}
	C := c.Width
	g.Embedding.Tokens, g.Embedding.Positions = shape(c.Vocab, C), shape(c.Context, C)
	for i := range g.Blocks {
		b := &g.Blocks[i]
		b.Attention.Heads, b.Attention.Causal = c.Heads, true
		b.Attention.QKV.W, b.Attention.Proj.W = shape(C, 3*C), shape(C, C)
		b.MLP.Fc.W, b.MLP.Proj.W = shape(C, 4*C), shape(4*C, C)
	}
	g.Head = shape(c.Vocab, C)
	for _, s := range g.slots() {
		if trains == nil || trains(s.name) {
			*s.data = make([]float32, Param{Shape: s.shape}.Size())
			g.lowest = min(g.lowest, s.level)
		}
	}
	if c.TiedHead {
		g.Head = g.Embedding.Tokens
	}
	return g
}

// shape is a matrix still without memory.
func shape(rows, cols int) blas32.General {
	return blas32.General{Rows: rows, Cols: cols, Stride: cols}
}
