package gpt

import (
	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
)

const (
	badExtend = "gpt: Extend needs at least one id, and room for all of them in the context"
	badCache  = "gpt: the cache was made for another configuration"
)

// chunk is how many new positions go through the blocks at once. It bounds the
// memory that reading a long prompt takes.
const chunk = 64

// Cache remembers the keys and values of the tokens a model has read. Nothing
// that comes later changes them, since no position sees the future; so the next
// token costs one position's work and not the whole text's.
type Cache struct {
	config Config
	length int
	past   [][]float32 // L of (Context,2C): keys and values side by side

	// Room for up to chunk new positions.
	stream, normed, mixed, out []float32 // (chunk,C)
	qkv                        []float32 // (chunk,3C)
	heads                      attention.HeadsActivations
	moments                    *Moments
	mlp                        *MLPActivations
	logits                     []float32 // (V)
}

// NewCache returns an empty cache for models of configuration c.
func NewCache(c Config) *Cache {
	n := min(chunk, c.Context)
	cache := &Cache{
		config: c,
		stream: make([]float32, n*c.Width), normed: make([]float32, n*c.Width),
		mixed: make([]float32, n*c.Width), out: make([]float32, n*c.Width),
		qkv:     make([]float32, n*3*c.Width),
		moments: NewMoments(n), mlp: NewMLPActivations(n, c.Width),
		logits: make([]float32, c.Vocab),
	}
	for range c.Layers {
		cache.past = append(cache.past, make([]float32, c.Context*2*c.Width))
	}
	return cache
}

// Len is the number of tokens read so far.
func (c *Cache) Len() int { return c.length }

// Reset forgets all tokens.
func (c *Cache) Reset() { c.length = 0 }

// Extend reads ids after what the cache already holds and returns the logits
// (V) of the token that follows. They live in the cache until its next use.
// The result is that of running the model over the whole text.
func (m *Model) Extend(c *Cache, ids []int) []float32 {
	if len(ids) == 0 || c.length+len(ids) > m.Config.Context {
		panic(badExtend)
	}
	if c.config != m.Config {
		panic(badCache)
	}
	var x blas32.General
	for len(ids) > 0 {
		n := min(chunk, len(ids))
		x = f32.View(c.stream, n, m.Config.Width)
		m.Embedding.Forward(x, ids[:n], n, c.length)
		for i := range m.Blocks {
			m.Blocks[i].extend(c, i, x)
		}
		c.length += n
		ids = ids[n:]
	}
	last := f32.Rows(x, x.Rows-1, x.Rows)
	hidden := f32.View(c.normed, 1, m.Config.Width)
	m.Norm.Forward(hidden, c.moments, last)
	m.Logits(f32.View(c.logits, 1, m.Config.Vocab), hidden)
	return c.logits
}

// extend is [Block.Forward] for the new positions x (n,C) after those whose
// keys and values layer i of the cache holds. It changes x in place.
func (b *Block) extend(c *Cache, i int, x blas32.General) {
	n, C := x.Rows, x.Cols
	S := c.length + n
	normed, out, mixed := like(x, c.normed), like(x, c.out), like(x, c.mixed)

	// x = x + attention(norm1(x))
	b.Norm1.Forward(normed, c.moments, x)
	qkv := f32.View(c.qkv, n, 3*C)
	b.Attention.QKV.Forward(qkv, normed)
	past := f32.View(c.past[i], S, 2*C)
	for t := range n {
		copy(f32.Row(past, c.length+t), f32.Row(qkv, t)[C:])
	}
	heads := attention.Heads{Count: b.Attention.Count, Causal: true}
	heads.Forward(mixed, &c.heads, f32.Cols(qkv, 0, C), f32.Cols(past, 0, C), f32.Cols(past, C, 2*C), n, S, nil)
	b.Attention.Proj.Forward(out, mixed)
	f32.Add(x.Data, out.Data)

	// x = x + mlp(norm2(x))
	b.Norm2.Forward(normed, c.moments, x)
	b.MLP.Forward(out, c.mlp, normed)
	f32.Add(x.Data, out.Data)
}
