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
func (m *Model) Params() []gpt.Param {
	slots := m.slots()
	params := make([]gpt.Param, len(slots))
	for i, s := range slots {
		params[i] = gpt.Param{Name: s.name, Shape: s.shape, Data: *s.data}
	}
	return params
}

// A slot is a parameter and the place in the model that holds its memory. The level is
// the number of its block: -1 for the embedding, L for what stands on top.
type slot struct {
	name  string
	shape []int
	data  *[]float32
	level int
}

// list collects slots.
type list struct {
	slots []slot
	level int
}

func (l *list) matrix(name string, rows, cols int, w *blas32.General) {
	w.Rows, w.Cols, w.Stride = rows, cols, cols
	l.slots = append(l.slots, slot{name + ".weight", []int{rows, cols}, &w.Data, l.level})
}

func (l *list) vector(name string, size int, v *[]float32) {
	l.slots = append(l.slots, slot{name, []int{size}, v, l.level})
}

func (l *list) linear(name string, out, in int, w *layers.Linear) {
	l.matrix(name, out, in, &w.W)
	l.vector(name+".bias", out, &w.B)
}

func (l *list) norm(name string, C int, n *Norm) {
	l.vector(name+".LayerNorm.weight", C, &n.Weight)
	l.vector(name+".LayerNorm.bias", C, &n.Bias)
}

// thirds lists queries, keys and values, which are one matrix here and three in the
// files: rows that lie one after the other are matrices too.
func (l *list) thirds(name string, C int, qkv *layers.Linear) {
	for i, part := range []string{"query", "key", "value"} {
		third := new(layers.Linear)
		if qkv.W.Data != nil {
			third.W.Data, third.B = qkv.W.Data[i*C*C:(i+1)*C*C], qkv.B[i*C:(i+1)*C]
		}
		l.linear(name+part, C, C, third)
	}
}

// slots is the one place where names, shapes and order are written down.
func (m *Model) slots() []slot {
	c, l := m.Config, &list{level: -1}
	l.matrix("bert.embeddings.word_embeddings", c.Vocab, c.Width, &m.Embedding.Tokens)
	l.matrix("bert.embeddings.position_embeddings", c.Context, c.Width, &m.Embedding.Positions)
	l.matrix("bert.embeddings.token_type_embeddings", c.Types, c.Width, &m.Types)
	l.norm("bert.embeddings", c.Width, &m.Norm)
	for l.level = range m.Blocks {
		b, at := &m.Blocks[l.level], blockName(l.level)
		l.thirds(at+"attention.self.", c.Width, &b.QKV)
		l.linear(at+"attention.output.dense", c.Width, c.Width, &b.Proj)
		l.norm(at+"attention.output", c.Width, &b.Norm1)
		l.linear(at+"intermediate.dense", c.Hidden, c.Width, &b.Fc)
		l.linear(at+"output.dense", c.Width, c.Hidden, &b.Out)
		l.norm(at+"output", c.Width, &b.Norm2)
	}
	l.level = len(m.Blocks)
	if c.Pooler {
		l.linear("bert.pooler.dense", c.Width, c.Width, &m.Pooler)
	}
	if c.Masked {
		l.vector("cls.predictions.bias", c.Vocab, &m.Words.Bias)
		l.linear("cls.predictions.transform.dense", c.Width, c.Width, &m.Words.Dense)
		l.norm("cls.predictions.transform", c.Width, &m.Words.Norm)
	}
	if c.Labels > 0 {
		l.linear("classifier", c.Labels, c.Width, &m.Classifier)
	}
	return l.slots
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
	g := &Model{Config: c, Blocks: make([]Block, c.Layers), lowest: c.Layers}
	g.Norm.Epsilon, g.Words.Norm.Epsilon = c.Epsilon, c.Epsilon
	for i := range g.Blocks {
		b := &g.Blocks[i]
		b.Norm1.Epsilon, b.Norm2.Epsilon = c.Epsilon, c.Epsilon
		b.QKV.W = blas32.General{Rows: 3 * C, Cols: C, Stride: C}
		if trains == nil || trains(blockName(i)+"attention.self.query.weight") {
			b.QKV.W.Data, b.QKV.B = make([]float32, 3*C*C), make([]float32, 3*C)
		}
	}
	for _, s := range g.slots() {
		if *s.data == nil && (trains == nil || trains(s.name)) && !strings.Contains(s.name, ".self.") {
			*s.data = make([]float32, gpt.Param{Shape: s.shape}.Size())
		}
		if *s.data != nil {
			g.lowest = min(g.lowest, s.level)
		}
	}
	return g
}

// Init draws the matrices and the embeddings from a normal distribution with standard
// deviation 0.02; norms become the identity, biases zero.
func (m *Model) Init(rng *rand.Rand) {
	for _, p := range m.Params() {
		for i := range p.Data {
			switch {
			case strings.HasSuffix(p.Name, "LayerNorm.weight"):
				p.Data[i] = 1
			case strings.HasSuffix(p.Name, "bias"):
				p.Data[i] = 0
			default:
				p.Data[i] = float32(0.02 * rng.NormFloat64())
			}
		}
	}
}
