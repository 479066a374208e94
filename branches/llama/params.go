package llama

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/llm-from-scratch/llm/branches/layers"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
)

// Params lists the parameters in their one order, under the names that they have in
// the files that Hugging Face publishes: the changes alone where layers have some.
func (m *Model) Params() []gpt.Param { return m.slots().Params() }

// Linears lists the linear layers of the blocks.
func (m *Model) Linears() (list []layers.Named) {
	for i := range m.Blocks {
		list = append(list, m.linears(i)...)
	}
	return list
}

func (m *Model) linears(block int) []layers.Named {
	c, t, n, at := m.Config, &m.Blocks[block].Attention, &m.Blocks[block].MLP, fmt.Sprintf("model.layers.%d.", block)
	C, F, HD, GD := c.Width, c.Hidden, c.Heads*c.HeadDim, c.KVHeads*c.HeadDim
	return []layers.Named{
		{Name: at + "self_attn.q_proj", Out: HD, In: C, Bias: c.QKVBias, Linear: &t.Query},
		{Name: at + "self_attn.k_proj", Out: GD, In: C, Bias: c.QKVBias, Linear: &t.Key},
		{Name: at + "self_attn.v_proj", Out: GD, In: C, Bias: c.QKVBias, Linear: &t.Value},
		{Name: at + "self_attn.o_proj", Out: C, In: HD, Bias: c.OutBias, Linear: &t.Out},
		{Name: at + "mlp.gate_proj", Out: F, In: C, Bias: c.MLPBias, Linear: &n.Gate},
		{Name: at + "mlp.up_proj", Out: F, In: C, Bias: c.MLPBias, Linear: &n.Up},
		{Name: at + "mlp.down_proj", Out: C, In: F, Bias: c.MLPBias, Linear: &n.Down},
	}
}

// slots is, with linears, the one place where names, shapes and order are written down.
func (m *Model) slots() *layers.Slots {
	c, s := m.Config, &layers.Slots{Level: -1}
	norm := func(name string, size int, n *layers.RMSNorm) { s.Vector(name+".weight", size, &n.Weight) }
	s.Linear(layers.Named{Name: "model.embed_tokens", Out: c.Vocab, In: c.Width, Linear: &m.Tokens})
	for s.Level = range m.Blocks {
		b, at, all := &m.Blocks[s.Level], fmt.Sprintf("model.layers.%d.", s.Level), m.linears(s.Level)
		norm(at+"input_layernorm", c.Width, &b.Norm1)
		s.Linear(all[:3]...)
		if c.QKNorm {
			norm(at+"self_attn.q_norm", c.HeadDim, b.Attention.QueryNorm)
			norm(at+"self_attn.k_norm", c.HeadDim, b.Attention.KeyNorm)
		}
		s.Linear(all[3])
		norm(at+"post_attention_layernorm", c.Width, &b.Norm2)
		s.Linear(all[4:]...)
	}
	s.Level = len(m.Blocks)
	norm("model.norm", c.Width, &m.Norm)
	if !c.TiedHead {
		s.Linear(layers.Named{Name: "lm_head", Out: c.Vocab, In: c.Width, Linear: &m.Head})
	}
	return s
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
	frozen := g.Linears()
	for i, l := range m.Linears() { // of New, none
		*frozen[i].Linear = l.Frozen()
	}
	g.Tokens, g.Head = m.Tokens.Frozen(), m.Head.Frozen()
	g.lowest = g.slots().Allocate(trains)
	if c.TiedHead {
		g.Head = g.Tokens
	}
	return g
}

// Init draws the weights by the rule of [layers.Init].
func (m *Model) Init(rng *rand.Rand) {
	layers.Init(m.Params(), m.Config.Layers, rng, "o_proj.weight", "down_proj.weight")
}
