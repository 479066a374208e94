package translate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

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
	m.slots().Allocate(nil)
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
func (m *Model) Params() []gpt.Param { return m.slots().Params() }

// slots is the one place where names, shapes and order are written down.
func (m *Model) slots() *layers.Slots {
	C, F, s := m.Config.Width, m.Config.Hidden, new(layers.Slots)
	linear := func(name string, out, in int, l *layers.Linear) {
		s.Linear(layers.Named{Name: name, Out: out, In: in, Bias: true, Linear: l})
	}
	attention := func(name string, t *parts.Attention) {
		s.Matrix(name+".in_proj_weight", 3*C, C, &t.In.W)
		s.Vector(name+".in_proj_bias", 3*C, &t.In.B)
		linear(name+".out_proj", C, C, &t.Out)
	}
	stack := func(name string, stack *Stack) {
		for i := range stack.Layers {
			l, at := &stack.Layers[i], fmt.Sprintf("transformer.%s.layers.%d.", name, i)
			attention(at+"self_attn", &l.Self)
			if l.Cross != nil {
				attention(at+"multihead_attn", l.Cross)
			}
			linear(at+"linear1", F, C, &l.Feed.Wide)
			linear(at+"linear2", C, F, &l.Feed.Narrow)
			for j := range l.Norms {
				s.LayerNorm(fmt.Sprintf("%snorm%d", at, j+1), C, &l.Norms[j])
			}
		}
		if stack.Norm != nil {
			s.LayerNorm("transformer."+name+".norm", C, stack.Norm)
		}
	}
	s.Matrix("embedding.weight", m.Config.Vocab, C, &m.Tokens)
	stack("encoder", &m.Encoder)
	stack("decoder", &m.Decoder)
	return s
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
