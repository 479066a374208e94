package llama

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/layers"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
)

// Params lists the parameters in their one order, under the names that they have in
// the files that Hugging Face publishes.
func (m *Model) Params() []gpt.Param {
	slots := m.slots()
	params := make([]gpt.Param, len(slots))
	for i, s := range slots {
		params[i] = gpt.Param{Name: s.name, Shape: s.shape, Data: *s.data}
	}
	return params
}

// A slot is a parameter and the place in the model that holds its memory. The level is
// the number of its block: -1 for the embedding, L for what stands behind them.
type slot struct {
	name  string
	shape []int
	data  *[]float32
	level int
}

// A product is a linear layer and the name of its matrix, without ".weight".
type product struct {
	name    string
	out, in int
	bias    bool
	*layers.Linear
}

// products are those of block i.
func (m *Model) products(i int) [7]product {
	c, t, n, at := m.Config, &m.Blocks[i].Attention, &m.Blocks[i].MLP, fmt.Sprintf("model.layers.%d.", i)
	C, F, HD, GD := c.Width, c.Hidden, c.Heads*c.HeadDim, c.KVHeads*c.HeadDim
	return [...]product{
		{at + "self_attn.q_proj", HD, C, c.QKVBias, &t.Query},
		{at + "self_attn.k_proj", GD, C, c.QKVBias, &t.Key},
		{at + "self_attn.v_proj", GD, C, c.QKVBias, &t.Value},
		{at + "self_attn.o_proj", C, HD, c.OutBias, &t.Out},
		{at + "mlp.gate_proj", F, C, c.MLPBias, &n.Gate},
		{at + "mlp.up_proj", F, C, c.MLPBias, &n.Up},
		{at + "mlp.down_proj", C, F, c.MLPBias, &n.Down},
	}
}

// Linears yields the linear layers of the blocks, under the names of their matrices
// without ".weight".
func (m *Model) Linears() iter.Seq2[string, *layers.Linear] {
	return func(yield func(string, *layers.Linear) bool) {
		for i := range m.Blocks {
			for _, p := range m.products(i) {
				if !yield(p.name, p.Linear) {
					return
				}
			}
		}
	}
}

// slots is, with products, the one place where names, shapes and order are written
// down. Where layers have changes these are all, since nothing else is trained then. A
// matrix of bytes is no parameter.
func (m *Model) slots() (list []slot) {
	c, level, changed := m.Config, -1, []slot(nil)
	vector := func(name string, size int, v *[]float32) {
		list = append(list, slot{name, []int{size}, v, level})
	}
	matrix := func(list []slot, name string, rows, cols int, w *blas32.General) []slot {
		w.Rows, w.Cols, w.Stride = rows, cols, cols
		return append(list, slot{name + ".weight", []int{rows, cols}, &w.Data, level})
	}
	linear := func(products ...product) {
		for _, p := range products {
			if p.Int8 == nil {
				list = matrix(list, p.name, p.out, p.in, &p.W)
			}
			if p.bias {
				vector(p.name+".bias", p.out, &p.B)
			}
			if p.Change != nil {
				changed = matrix(changed, p.name+".lora_A", p.Change.A.Rows, p.in, &p.Change.A)
				changed = matrix(changed, p.name+".lora_B", p.out, p.Change.A.Rows, &p.Change.B)
			}
		}
	}
	C := c.Width
	linear(product{"model.embed_tokens", c.Vocab, C, false, &m.Tokens})
	for level = range m.Blocks {
		b, at, products := &m.Blocks[level], fmt.Sprintf("model.layers.%d.", level), m.products(level)
		vector(at+"input_layernorm.weight", C, &b.Norm1.Weight)
		linear(products[:3]...)
		if c.QKNorm {
			vector(at+"self_attn.q_norm.weight", c.HeadDim, &b.Attention.QueryNorm.Weight)
			vector(at+"self_attn.k_norm.weight", c.HeadDim, &b.Attention.KeyNorm.Weight)
		}
		linear(products[3])
		vector(at+"post_attention_layernorm.weight", C, &b.Norm2.Weight)
		linear(products[4:]...)
	}
	level = len(m.Blocks)
	vector("model.norm.weight", C, &m.Norm.Weight)
	if !c.TiedHead {
		linear(product{"lm_head", c.Vocab, C, false, &m.Head})
	}
	if changed != nil {
		return changed
	}
	return list
}

// Share returns another model of the same weights. Its layers can be given changes, or
// other matrices, and those of m stay.
func (m *Model) Share() *Model {
	s := *m
	s.Blocks = slices.Clone(m.Blocks)
	return &s
}

// New returns a model with all weights zero. It panics if the configuration is not
// valid; ask [Config.Validate] first where it comes from a user.
func New(c Config) *Model { return (&Model{Config: c}).Gradient(nil) }

// Params are those of a model of this configuration, without memory.
func (c Config) Params() []gpt.Param { return (&Model{Config: c}).Gradient(gpt.Frozen).Params() }

// Gradient returns a value for the gradients of m, all zero: another Model, without
// memory for the parameters whose names trains refuses. A nil trains refuses none.
func (m *Model) Gradient(trains func(name string) bool) *Model {
	c := m.Config
	if err := c.Validate(); err != nil {
		panic(err.Error())
	}
	g := &Model{Config: c, Blocks: make([]Block, c.Layers), Norm: layers.RMSNorm{Epsilon: c.Epsilon}, Frequencies: c.Rotary.Frequencies(c.HeadDim)}
	for i := range g.Blocks {
		b := &g.Blocks[i]
		b.Norm1.Epsilon, b.Norm2.Epsilon = c.Epsilon, c.Epsilon
		b.Attention.Heads, b.Attention.KVHeads = c.Heads, c.KVHeads
		if c.QKNorm {
			b.Attention.QueryNorm, b.Attention.KeyNorm = &layers.RMSNorm{Epsilon: c.Epsilon}, &layers.RMSNorm{Epsilon: c.Epsilon}
		}
	}
	for i := range m.Blocks { // of New, none
		frozen := g.products(i)
		for j, p := range m.products(i) {
			*frozen[j].Linear = p.Frozen()
		}
	}
	g.Tokens, g.Head = m.Tokens.Frozen(), m.Head.Frozen()
	g.lowest = c.Layers
	for _, s := range g.slots() {
		if trains == nil || trains(s.name) {
			*s.data = make([]float32, gpt.Param{Shape: s.shape}.Size())
			g.lowest = min(g.lowest, s.level)
		}
	}
	if c.TiedHead {
		g.Head = g.Tokens
	}
	return g
}

// Init draws the matrices from a normal distribution with standard deviation 0.02,
// and the two of each block that add to the residual stream smaller by 1/√(2L), as
// chapter 4 does; norms become the identity, biases zero.
func (m *Model) Init(rng *rand.Rand) {
	for _, p := range m.Params() {
		std := 0.02
		if strings.HasSuffix(p.Name, "o_proj.weight") || strings.HasSuffix(p.Name, "down_proj.weight") {
			std /= math.Sqrt(float64(2 * m.Config.Layers))
		}
		for i := range p.Data {
			switch {
			case strings.HasSuffix(p.Name, "norm.weight"):
				p.Data[i] = 1
			case strings.HasSuffix(p.Name, ".bias"):
				p.Data[i] = 0
			default:
				p.Data[i] = float32(std * rng.NormFloat64())
			}
		}
	}
}
