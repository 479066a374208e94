package translate

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/layers"
	"github.com/llm-from-scratch/llm/branches/translate/parts"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/flash"
)

const (
	badSources = "translate: a cache needs at least one source"
	badExtend  = "translate: Extend needs one id for each text, and room for it"
)

// Cache is what B sources have left behind, and K texts for each of them that are being
// written side by side: the keys and values that the decoder looks at. Those of the
// sources are made once; those of the texts grow by one with each id.
type Cache struct {
	model     *Model
	texts     int               // K
	room, n   int               // positions of a text: the most, and those that were read
	S         int               // positions of a source
	positions blas32.General    // (room,C)
	lengths   []int             // (B), of the sources without padding
	read      []int             // (B·K), n for each
	cross     []blas32.General  // of each layer, (B·S,2C)
	past      []blas32.General  // of each layer, (B·K·room,2C)
	spare     blas32.General    // another past
	layer     *LayerActivations // of one layer after another
	moments   *gpt.Moments      // of the last norm
	x, fresh  blas32.General    // (B·K,C), (B·K,2C)
	logits    blas32.General    // (B·K,V)
}

// NewCache lets the encoder read sources, and returns a cache for so many texts of each,
// of at most room ids.
func (m *Model) NewCache(sources [][]int, texts, room int) *Cache {
	B, C := len(sources), m.Config.Width
	if B == 0 {
		panic(badSources)
	}
	S, R := 0, B*texts
	for _, s := range sources {
		S = max(S, len(s))
	}
	var ids []int
	for _, s := range sources {
		ids = padded(ids, s, S)
	}
	p := &Pass{Model: m, positions: parts.Positions(S, C), Read: newStackActivations(m.Config, m.Config.Encoder, B*S, 0)}
	p.read(ids, B, nil)
	c := &Cache{
		model: m, texts: texts, room: room, S: S, positions: parts.Positions(room, C), lengths: p.lengths, read: make([]int, R),
		spare: f32.New(R*room, 2*C), layer: newLayerActivations(m.Config, true, R, 0), moments: gpt.NewMoments(R), x: f32.New(R, C), fresh: f32.New(R, 2*C), logits: f32.New(R, m.Config.Vocab),
	}
	for i := range m.Decoder.Layers {
		keyValue := m.Decoder.Layers[i].Cross.KeyValue()
		c.cross, c.past = append(c.cross, f32.New(B*S, 2*C)), append(c.past, f32.New(R*room, 2*C))
		keyValue.Forward(c.cross[i], p.memory)
	}
	return c
}

// Extend reads one more id of each text, and returns the logits (B·K,V) of those that
// follow. They live in the cache until its next use.
func (c *Cache) Extend(ids []int) blas32.General {
	m, R := c.model, len(c.lengths)*c.texts
	if len(ids) != R || c.n == c.room {
		panic(badExtend)
	}
	layers.Fit(R, &c.x, &c.fresh, &c.logits)
	m.embed(c.x, ids, c.positions, 1, c.n)
	c.n++
	c.read = c.read[:R]
	for r := range c.read {
		c.read[r] = c.n
	}
	for i := range m.Decoder.Layers {
		l, a := &m.Decoder.Layers[i], c.layer
		a.Self.KV, a.Cross.KV = c.past[i], c.cross[i]
		l.forward(c.x, a, c.x, nil, func(y, x blas32.General) {
			keyValue := l.Self.KeyValue()
			keyValue.Forward(c.fresh, x)
			for r := range R {
				copy(f32.Row(c.past[i], r*c.room+c.n-1), f32.Row(c.fresh, r))
			}
			l.Self.Look(y, &a.Self, x, flash.Pass{Heads: m.Config.Heads, T: 1, S: c.room, Lengths: c.read})
		}, func(y, x blas32.General) { // all texts of a source look at it together
			l.Cross.Look(y, &a.Cross, x, flash.Pass{Heads: m.Config.Heads, T: c.texts, S: c.S, Lengths: c.lengths})
		})
	}
	if norm := m.Decoder.Norm; norm != nil {
		norm.Forward(c.x, c.moments, c.x)
	}
	m.Logits(c.logits, c.x)
	return c.logits
}

// Keep makes the texts whose numbers are rows the only ones, in that order: K of each
// source that is kept, one source after another. A text may be kept twice.
func (c *Cache) Keep(rows []int) {
	for i, past := range c.past {
		for r, from := range rows {
			copy(f32.Rows(c.spare, r*c.room, r*c.room+c.n).Data, f32.Rows(past, from*c.room, from*c.room+c.n).Data)
		}
		c.past[i], c.spare = c.spare, past
	}
	for b := range len(rows) / c.texts {
		from := rows[b*c.texts] / c.texts // not before b
		if from == b {
			continue
		}
		c.lengths[b] = c.lengths[from]
		for _, cross := range c.cross {
			copy(f32.Rows(cross, b*c.S, (b+1)*c.S).Data, f32.Rows(cross, from*c.S, (from+1)*c.S).Data)
		}
	}
	c.lengths = c.lengths[:len(rows)/c.texts]
}
