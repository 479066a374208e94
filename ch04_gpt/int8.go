package gpt

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// QuantizeRow sets q to the whole numbers nearest to x/scale and returns the
// scale, with which the largest of them is 127 or -127. x must be finite.
func QuantizeRow(q []int8, x []float32) (scale float32) {
	var most float32
	for _, v := range x {
		most = max(most, v, -v)
	}
	scale = most / 127
	if scale == 0 {
		clear(q)
		return 0
	}
	for i, v := range x {
		q[i] = int8(math.Round(float64(v / scale)))
	}
	return scale
}

// quantizing turns the rows of w, or its columns if turned, into rows of q.
type quantizing struct {
	w      blas32.General
	turned bool
	q      f32.Int8
}

// quantize returns w with a scale for each row, or wᵀ with one for each column.
func quantize(w blas32.General, turned bool) f32.Int8 {
	rows, cols := w.Rows, w.Cols
	if turned {
		rows, cols = cols, rows
	}
	work := &quantizing{w, turned, f32.Int8{
		Rows: rows, Cols: cols, Data: make([]int8, rows*cols), Scale: make([]float32, rows),
	}}
	f32.Run(rows, 64, work.Do)
	return work.q
}

// Do quantizes rows lo to hi-1 of q.
func (k *quantizing) Do(lo, hi int) {
	column := make([]float32, k.q.Cols)
	for i := lo; i < hi; i++ {
		row := column
		if k.turned {
			for j := range column {
				column[j] = k.w.Data[j*k.w.Stride+i]
			}
		} else {
			row = f32.Row(k.w, i)
		}
		k.q.Scale[i] = QuantizeRow(k.q.Data[i*k.q.Cols:][:k.q.Cols], row)
	}
}

// Int8Linear is an [attention.Linear] of one byte a weight. W is turned, (out,
// in), so that what makes one output has one scale and lies together in memory.
type Int8Linear struct {
	W f32.Int8
	B []float32 // (out), or nil for none
}

func quantizeLinear(l attention.Linear) Int8Linear { return Int8Linear{quantize(l.W, true), l.B} }

// Forward sets y (N,out) to xW + b for the rows of x (N,in).
func (l *Int8Linear) Forward(y, x blas32.General) {
	f32.GemmInt8(x, &l.W, y, f32.Epilogue{Bias: l.B})
}

// Int8MLP is an [MLP] of one byte a weight.
type Int8MLP struct{ Fc, Proj Int8Linear }

// Forward sets y (N,C) to proj(gelu(fc(x))).
func (m *Int8MLP) Forward(y blas32.General, a *MLPActivations, x blas32.General) {
	wide, bent := f32.View(a.wide, x.Rows, 4*x.Cols), f32.View(a.bent, x.Rows, 4*x.Cols)
	f32.GemmInt8(x, &m.Fc.W, wide, f32.Epilogue{Bias: m.Fc.B, GELU: bent})
	m.Proj.Forward(y, bent)
}

// Int8Model is a [Model] whose matrices have one byte a weight: a quarter of the
// memory, and a quarter of the time that reading them takes for each token. It
// writes, but it cannot be trained. Like a model it is never changed by use.
type Int8Model struct {
	config       Config
	tokens, head f32.Int8       // (V,C), one and the same if tied
	positions    blas32.General // (Context,C)
	layers       []layer
}

// Quantize returns m with one byte a weight. The two share their norms, biases
// and positions; the matrices of m are needed no more.
func Quantize(m *Model) *Int8Model {
	q := &Int8Model{config: m.Config, tokens: quantize(m.Embedding.Tokens, false), positions: m.Embedding.Positions}
	q.head = q.tokens
	if !m.Config.TiedHead {
		q.head = quantize(m.Head, false)
	}
	for i := range m.Blocks {
		b := &m.Blocks[i]
		qkv, proj := quantizeLinear(b.Attention.QKV), quantizeLinear(b.Attention.Proj)
		mlp := Int8MLP{quantizeLinear(b.MLP.Fc), quantizeLinear(b.MLP.Proj)}
		q.layers = append(q.layers, layer{copyNorm(b.Norm1), copyNorm(b.Norm2), b.Attention.Count, &qkv, &proj, &mlp})
	}
	q.layers = append(q.layers, layer{norm1: copyNorm(m.Norm)})
	return q
}

// copyNorm returns a norm of the same weights that keeps no model in memory.
func copyNorm(n LayerNorm) *LayerNorm { return &n }

// NewCache returns an empty cache for m.
func (m *Int8Model) NewCache() *Cache { return NewCache(m.config) }

// Extend is [Model.Extend].
func (m *Int8Model) Extend(c *Cache, ids []int) []float32 { return c.extend(m, m.config, ids) }

// embed turns the rows of ids back into float32.
func (m *Int8Model) embed(x blas32.General, ids []int, at int) {
	for t, id := range ids {
		m.tokens.Row(f32.Row(x, t), id)
		f32.Add(f32.Row(x, t), f32.Row(m.positions, at+t))
	}
}

func (m *Int8Model) layer(i int) layer { return m.layers[i] }

// Logits is [Model.Logits].
func (m *Int8Model) Logits(logits, hidden blas32.General) {
	f32.GemmInt8(hidden, &m.head, logits, f32.Epilogue{})
}

// DecodeBytes is how many bytes of weights one token reads: of a [Model], and of
// its [Int8Model], where every row of a matrix has a scale in float32.
func (c Config) DecodeBytes() (float32s, int8s int) {
	elements := c.Layers*12*c.Width*c.Width + c.Vocab*c.Width
	rows := c.Layers*9*c.Width + c.Vocab
	vectors := c.ParamCount() - elements - c.Context*c.Width // norms and biases
	if !c.TiedHead {
		vectors -= c.Vocab * c.Width
	}
	return 4 * (elements + vectors), elements + 4*(rows+vectors)
}
