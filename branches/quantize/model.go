package quantize

import (
	"gonum.org/v1/gonum/blas/blas32"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// Int8MLP is a [gpt.MLP] of one byte a weight.
type Int8MLP struct{ Fc, Proj *Int8Linear }

// Forward sets y (N,C) to proj(gelu(fc(x))).
func (m *Int8MLP) Forward(y blas32.General, a *gpt.MLPActivations, x blas32.General) {
	wide, bent := a.Rows(x.Rows, m.Fc.W.Rows)
	f32.GemmInt8(x, &m.Fc.W, wide, f32.Epilogue{Bias: m.Fc.B, GELU: bent})
	m.Proj.Forward(y, bent)
}

// Int8Model is a [gpt.Model] whose matrices have one byte a weight: a quarter of
// the memory, and a quarter of the time that reading them takes for each token. It
// writes, but it cannot be trained. Like a model it is never changed by use.
type Int8Model struct {
	config       gpt.Config
	tokens, head f32.Int8       // (V,C), one and the same if tied
	positions    blas32.General // (Context,C)
	layers       []gpt.Layer
	norm         *gpt.LayerNorm
}

// Int8 returns m with one byte a weight. The two share their norms, biases and
// positions; the matrices of m are needed no more.
func Int8(m *gpt.Model) *Int8Model {
	q := &Int8Model{
		config: m.Config, tokens: matrix(m.Embedding.Tokens, false), positions: m.Embedding.Positions, norm: copyNorm(m.Norm),
	}
	q.head = q.tokens
	if !m.Config.TiedHead {
		q.head = matrix(m.Head, false)
	}
	for _, b := range m.Blocks {
		q.layers = append(q.layers, gpt.Layer{
			Norm1: copyNorm(b.Norm1), QKV: linear(b.Attention.QKV), Proj: linear(b.Attention.Proj),
			Norm2: copyNorm(b.Norm2), MLP: &Int8MLP{linear(b.MLP.Fc), linear(b.MLP.Proj)},
		})
	}
	return q
}

// copyNorm returns a norm of the same weights that keeps no model in memory.
func copyNorm(n gpt.LayerNorm) *gpt.LayerNorm { return &n }

// NewCache returns an empty cache for m.
func (m *Int8Model) NewCache() gpt.Cache { return gpt.NewKVCache(m) }

// Shape is the configuration of the model.
func (m *Int8Model) Shape() gpt.Config { return m.config }

// Sizes are those of the model's configuration.
func (m *Int8Model) Sizes() gpt.Sizes { return (&gpt.Model{Config: m.config}).Sizes() }

// Embed turns the rows of ids back into float32 and adds their positions.
func (m *Int8Model) Embed(x blas32.General, ids []int, at int) {
	for t, id := range ids {
		m.tokens.Row(f32.Row(x, t), id)
		f32.Add(f32.Row(x, t), f32.Row(m.positions, at+t))
	}
}

// Layer returns block i.
func (m *Int8Model) Layer(i int) gpt.Layer { return m.layers[i] }

// LastNorm is the norm behind the last block.
func (m *Int8Model) LastNorm() *gpt.LayerNorm { return m.norm }

// Logits is [gpt.Model.Logits].
func (m *Int8Model) Logits(logits, hidden blas32.General) {
	f32.GemmInt8(hidden, &m.head, logits, f32.Epilogue{})
}

// DecodeBytes is how many bytes of weights one token reads: of a [gpt.Model], and
// of its [Int8Model], where every row of a matrix has a scale in float32.
func DecodeBytes(c gpt.Config) (float32s, int8s int) {
	elements := c.Layers*12*c.Width*c.Width + c.Vocab*c.Width
	rows := c.Layers*9*c.Width + c.Vocab
	vectors := c.ParamCount() - elements - c.Context*c.Width // norms and biases
	if !c.TiedHead {
		vectors -= c.Vocab * c.Width
	}
	return 4 * (elements + vectors), elements + 4*(rows+vectors)
}
