package translate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/layers"
	"github.com/llm-from-scratch/llm/branches/translate/parts"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
)

// New returns a model with all weights zero; a gradient is another one. It panics if
// the configuration is not valid: ask [Config.Validate] where it comes from a user.
func New(c Config) *Model {
	if err := c.Validate(); err != nil {
		panic(err.Error())
	}
	m := &Model{Config: c, Encoder: newStack(c, c.Encoder, false), Decoder: newStack(c, c.Decoder, true)}
	for _, p := range m.slots() {
		*p.data = make([]float32, p.Size())
	}
	return m
}

// newStack returns n layers without memory, which look at another stack or do not.
func newStack(c Config, n int, cross bool) Stack {
	s := Stack{Layers: make([]Layer, n)}
	for i := range s.Layers {
		l := &s.Layers[i]
		if l.Norms = make([]gpt.LayerNorm, 2); cross {
			l.Cross, l.Norms = new(parts.Attention), make([]gpt.LayerNorm, 3)
		}
	}
	if c.FinalNorm {
		s.Norm = new(gpt.LayerNorm)
	}
	return s
}

// Params lists the parameters in their one order, under the names that they have in
// PyTorch's nn.Transformer.
func (m *Model) Params() (params []gpt.Param) {
	for _, s := range m.slots() {
		params = append(params, gpt.Param{Name: s.Name, Shape: s.Shape, Data: *s.data})
	}
	return params
}

// A slot is a parameter and the place in the model that holds its memory.
type slot struct {
	gpt.Param
	data *[]float32
}

// slots is the one place where names, shapes and order are written down.
func (m *Model) slots() (list []slot) {
	C, F, at := m.Config.Width, m.Config.Hidden, ""
	matrix := func(name string, w *blas32.General, rows, cols int) {
		w.Rows, w.Cols, w.Stride = rows, cols, cols
		list = append(list, slot{gpt.Param{Name: at + name, Shape: []int{rows, cols}}, &w.Data})
	}
	vector := func(name string, size int, v *[]float32) {
		list = append(list, slot{gpt.Param{Name: at + name, Shape: []int{size}}, v})
	}
	linear := func(name string, l *layers.Linear, out, in int) {
		matrix(name+"weight", &l.W, out, in)
		vector(name+"bias", out, &l.B)
	}
	attention := func(name string, t *parts.Attention) {
		linear(name+".in_proj_", &t.In, 3*C, C)
		linear(name+".out_proj.", &t.Out, C, C)
	}
	norm := func(name string, n *gpt.LayerNorm) {
		vector(name+".weight", C, &n.Weight)
		vector(name+".bias", C, &n.Bias)
	}
	stack := func(name string, s *Stack) {
		for i := range s.Layers {
			l := &s.Layers[i]
			at = fmt.Sprintf("transformer.%s.layers.%d.", name, i)
			attention("self_attn", &l.Self)
			if l.Cross != nil {
				attention("multihead_attn", l.Cross)
			}
			linear("linear1.", &l.Feed.Wide, F, C)
			linear("linear2.", &l.Feed.Narrow, C, F)
			for j := range l.Norms {
				norm(fmt.Sprintf("norm%d", j+1), &l.Norms[j])
			}
		}
		if at = "transformer." + name + "."; s.Norm != nil {
			norm("norm", s.Norm)
		}
	}
	matrix("embedding.weight", &m.Tokens, m.Config.Vocab, C)
	stack("encoder", &m.Encoder)
	stack("decoder", &m.Decoder)
	return list
}

// Init draws the embedding, and what makes queries, keys and values, from normal
// distributions of standard deviation 1/√C, the latter times 0.8. Other matrices are
// uniform up to √(6/(in+out)), which keeps sizes about the same on the way there and
// back (Glorot and Bengio 2010). Norms become the identity, biases zero.
func (m *Model) Init(rng *rand.Rand) {
	std := 1 / math.Sqrt(float64(m.Config.Width))
	for _, p := range m.Params() {
		draw := func() float64 { return 0 }
		switch {
		case len(p.Shape) == 1 && strings.Contains(p.Name, "norm") && strings.HasSuffix(p.Name, "weight"):
			draw = func() float64 { return 1 }
		case len(p.Shape) == 1:
		case strings.HasPrefix(p.Name, "embedding"):
			draw = func() float64 { return std * rng.NormFloat64() }
		case strings.HasSuffix(p.Name, "in_proj_weight"):
			draw = func() float64 { return 0.8 * std * rng.NormFloat64() }
		default:
			bound := math.Sqrt(6 / float64(p.Shape[0]+p.Shape[1]))
			draw = func() float64 { return bound * (2*rng.Float64() - 1) }
		}
		for i := range p.Data {
			p.Data[i] = float32(draw())
		}
	}
}
