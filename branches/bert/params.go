package bert

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/layers"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
)

// Params lists the parameters in their one order, under the names that they have in
// the files that Hugging Face publishes.
func (m *Model) Params() []gpt.Param { return m.slots().Params() }

// thirds lists queries, keys and values, which are one matrix here and three in the
// files: rows that lie one after the other are matrices too.
func thirds(s *layers.Slots, name string, C int, qkv *layers.Linear) {
	for i, part := range []string{"query", "key", "value"} {
		third := new(layers.Linear)
		if qkv.W.Data != nil {
			third.W.Data, third.B = qkv.W.Data[i*C*C:(i+1)*C*C], qkv.B[i*C:(i+1)*C]
		}
		s.Linear(layers.Named{Name: name + part, Out: C, In: C, Bias: true, Linear: third})
	}
}

// slots is the one place where names, shapes and order are written down.
func (m *Model) slots() *layers.Slots {
	c, s := m.Config, &layers.Slots{Level: -1}
	linear := func(name string, out, in int, l *layers.Linear) {
		s.Linear(layers.Named{Name: name, Out: out, In: in, Bias: true, Linear: l})
	}
	norm := func(name string, n *Norm) { s.LayerNorm(name+".LayerNorm", c.Width, &n.LayerNorm) }
	s.Matrix("bert.embeddings.word_embeddings.weight", c.Vocab, c.Width, &m.Embedding.Tokens)
	s.Matrix("bert.embeddings.position_embeddings.weight", c.Context, c.Width, &m.Embedding.Positions)
	s.Matrix("bert.embeddings.token_type_embeddings.weight", c.Types, c.Width, &m.Types)
	norm("bert.embeddings", &m.Norm)
	for s.Level = range m.Blocks {
		b, at := &m.Blocks[s.Level], blockName(s.Level)
		thirds(s, at+"attention.self.", c.Width, &b.QKV)
		linear(at+"attention.output.dense", c.Width, c.Width, &b.Proj)
		norm(at+"attention.output", &b.Norm1)
		linear(at+"intermediate.dense", c.Hidden, c.Width, &b.Fc)
		linear(at+"output.dense", c.Width, c.Hidden, &b.Out)
		norm(at+"output", &b.Norm2)
	}
	s.Level = len(m.Blocks)
	if c.Pooler {
		linear("bert.pooler.dense", c.Width, c.Width, &m.Pooler)
	}
	if c.Masked {
		s.Vector("cls.predictions.bias", c.Vocab, &m.Words.Bias)
		linear("cls.predictions.transform.dense", c.Width, c.Width, &m.Words.Dense)
		norm("cls.predictions.transform", &m.Words.Norm)
	}
	if c.Labels > 0 {
		linear("classifier", c.Labels, c.Width, &m.Classifier)
	}
	return s
}

func blockName(i int) string { return fmt.Sprintf("bert.encoder.layer.%d.", i) }

// New returns a model with all weights zero. It panics if the configuration is not
// valid; ask [Config.Validate] first where it comes from a user.
func New(c Config) *Model { return (&Model{Config: c}).Gradient(nil) }

// Params are those of a model of this configuration, without memory.
func (c Config) Params() []gpt.Param { return (&Model{Config: c}).Gradient(gpt.Frozen).Params() }

// Gradient returns a value for the gradients of m, all zero: another Model, without
// memory for the parameters whose names trains refuses. A nil trains refuses none. The
// queries, keys and values of a block are trained together, or not.
func (m *Model) Gradient(trains func(name string) bool) *Model {
	c := m.Config
	if err := c.Validate(); err != nil {
		panic(err.Error())
	}
	C := c.Width
	g := &Model{Config: c, Blocks: make([]Block, c.Layers)}
	g.Norm.Epsilon, g.Words.Norm.Epsilon = c.Epsilon, c.Epsilon
	for i := range g.Blocks {
		b := &g.Blocks[i]
		b.Norm1.Epsilon, b.Norm2.Epsilon = c.Epsilon, c.Epsilon
		b.QKV.W = blas32.General{Rows: 3 * C, Cols: C, Stride: C}
		if trains == nil || trains(blockName(i)+"attention.self.query.weight") {
			b.QKV.W.Data, b.QKV.B = make([]float32, 3*C*C), make([]float32, 3*C)
		}
	}
	g.lowest = g.slots().Allocate(func(name string) bool {
		return !strings.Contains(name, ".self.") && (trains == nil || trains(name))
	})
	return g
}

// Init draws the weights by the rule of [layers.Init]. None begin smaller: behind each
// sum stands a norm.
func (m *Model) Init(rng *rand.Rand) { layers.Init(m.Params(), m.Config.Layers, rng) }
