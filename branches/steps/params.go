package steps

import (
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/layers"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
)

// Params lists the parameters in their one order, under chapter 4's names where it
// has such a part.
func (m *Model) Params() []gpt.Param { return m.slots().Params() }

// qkvCols is the width of queries, keys and values side by side.
func (c Config) qkvCols() int { return c.Width + 2*c.Width/c.Heads*c.KVHeads }

// slots is the one place where names, shapes and order are written down.
func (m *Model) slots() *layers.Slots {
	c, s := m.Config, &layers.Slots{Level: -1}
	linear := func(name string, rows, cols, out int, w *blas32.General, bias *[]float32) {
		s.Matrix(name+".weight", rows, cols, w)
		if !c.NoBias {
			s.Vector(name+".bias", out, bias)
		}
	}
	norm := func(name string, n Norm) {
		if c.RMSNorm {
			s.Vector(name+".weight", c.Width, &n.RMS.Weight)
		} else {
			s.LayerNorm(name, c.Width, n.Layer)
		}
	}
	C, F := c.Width, c.Hidden
	s.Matrix("wte.weight", c.Vocab, C, &m.Embedding.Tokens)
	if !c.Rotary {
		s.Matrix("wpe.weight", c.Context, C, &m.Embedding.Positions)
	}
	for s.Level = range m.Blocks {
		b, h := &m.Blocks[s.Level], fmt.Sprintf("h.%d.", s.Level)
		norm(h+"ln_1", b.Norm1)
		linear(h+"attn.c_attn", C, c.qkvCols(), c.qkvCols(), &b.QKV.W, &b.QKV.B)
		linear(h+"attn.c_proj", C, C, C, &b.Proj.W, &b.Proj.B)
		norm(h+"ln_2", b.Norm2)
		if c.SwiGLU { // these lie with a row for each output
			linear(h+"mlp.gate", F, C, F, &b.Gated.Gate.W, &b.Gated.Gate.B)
			linear(h+"mlp.up", F, C, F, &b.Gated.Up.W, &b.Gated.Up.B)
			linear(h+"mlp.c_proj", C, F, C, &b.Gated.Down.W, &b.Gated.Down.B)
		} else {
			linear(h+"mlp.c_fc", C, 4*C, 4*C, &b.MLP.Fc.W, &b.MLP.Fc.B)
			linear(h+"mlp.c_proj", 4*C, C, C, &b.MLP.Proj.W, &b.MLP.Proj.B)
		}
	}
	s.Level = len(m.Blocks)
	norm("ln_f", m.Norm)
	return s
}

// New returns a model with all weights zero. It panics if the configuration is not
// valid; ask [Config.Validate] first where it comes from a user.
func New(c Config) *Model { return (&Model{Config: c}).Gradient(nil) }

// Params are those of a model of this configuration, without memory.
func (c Config) Params() []gpt.Param { return (&Model{Config: c}).Gradient(gpt.Frozen).Params() }

// norm returns a norm of the chosen kind, still without memory.
func (c Config) norm() Norm {
	if c.RMSNorm {
		return Norm{RMS: &layers.RMSNorm{Epsilon: epsilon}}
	}
	return Norm{Layer: &gpt.LayerNorm{}}
}

// Gradient returns a value for the gradients of m, all zero: another Model, without
// memory for the parameters whose names trains refuses. A nil trains refuses none.
func (m *Model) Gradient(trains func(name string) bool) *Model {
	c := m.Config
	if err := c.Validate(); err != nil {
		panic(err.Error())
	}
	g := &Model{Config: c, Blocks: make([]Block, c.Layers), Norm: c.norm()}
	for i := range g.Blocks {
		b := &g.Blocks[i]
		*b = Block{Norm1: c.norm(), Norm2: c.norm(), Heads: c.Heads, KVHeads: c.KVHeads, Rotary: c.Rotary}
		if c.SwiGLU {
			b.Gated = &layers.SwiGLU{}
		} else {
			b.MLP = &gpt.MLP{}
		}
	}
	g.lowest = g.slots().Allocate(trains)
	return g
}

// Init draws the weights by the rule of [layers.Init].
func (m *Model) Init(rng *rand.Rand) {
	layers.Init(m.Params(), m.Config.Layers, rng, "c_proj.weight")
}
