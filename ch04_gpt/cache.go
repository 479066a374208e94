package gpt

import (
	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/f32"
)

const (
	badExtend   = "gpt: Extend needs at least one id, and room for all of them in the context"
	badCache    = "gpt: the cache was made for another configuration"
	badTruncate = "gpt: Truncate keeps no more tokens than the cache has read"
)

// chunk is how many new positions go through the blocks at once. It bounds the
// memory that reading a long prompt takes, 12 MB for the smallest GPT-2. With 64,
// which use what is fetched of the weights less often, a prompt takes a quarter
// longer; with 512 as long.
const chunk = 256

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

// Truncate forgets all tokens but the first n, of which the keys and values stay
// as they are: they know nothing of what came later.
func (c *Cache) Truncate(n int) {
	if n < 0 || n > c.length {
		panic(badTruncate)
	}
	c.length = n
}

// NewCache returns an empty cache for m.
func (m *Model) NewCache() *Cache { return NewCache(m.Config) }

// Extend reads ids after what the cache already holds and returns the logits
// (V) of the token that follows. They live in the cache until its next use.
// The result is that of running the model over the whole text.
func (m *Model) Extend(c *Cache, ids []int) []float32 { return c.extend(m, m.Config, ids) }

// source is what a cache reads of a model, in whatever form its matrices are.
type source interface {
	embed(x blas32.General, ids []int, at int)
	layer(i int) layer
	Logits(logits, hidden blas32.General)
}

// A layer is a block, or the last norm if it has no more than norm1.
type layer struct {
	norm1, norm2 *LayerNorm
	count        int // H
	qkv, proj    interface{ Forward(y, x blas32.General) }
	mlp          interface {
		Forward(y blas32.General, a *MLPActivations, x blas32.General)
	}
}

func (m *Model) embed(x blas32.General, ids []int, at int) {
	m.Embedding.Forward(x, ids, len(ids), at)
}

func (m *Model) layer(i int) layer {
	if i == len(m.Blocks) {
		return layer{norm1: &m.Norm}
	}
	b := &m.Blocks[i]
	return layer{&b.Norm1, &b.Norm2, b.Attention.Count, &b.Attention.QKV, &b.Attention.Proj, &b.MLP}
}

// extend is [Model.Extend] for a model of any form.
func (c *Cache) extend(m source, config Config, ids []int) []float32 {
	if len(ids) == 0 || c.length+len(ids) > config.Context {
		panic(badExtend)
	}
	if c.config != config {
		panic(badCache)
	}
	var x blas32.General
	for len(ids) > 0 {
		n := min(chunk, len(ids))
		x = f32.View(c.stream, n, config.Width)
		m.embed(x, ids[:n], c.length)
		for i := range config.Layers {
			c.block(m.layer(i), c.past[i], x)
		}
		c.length += n
		ids = ids[n:]
	}
	last := f32.Rows(x, x.Rows-1, x.Rows) // only here is a token to follow
	hidden := f32.View(c.normed, 1, config.Width)
	m.layer(config.Layers).norm1.Forward(hidden, c.moments, last)
	m.Logits(f32.View(c.logits, 1, config.Vocab), hidden)
	return c.logits
}

// block is [Block.Forward] for the new positions x (n,C) after those whose keys
// and values kv holds. It changes x in place.
func (c *Cache) block(l layer, kv []float32, x blas32.General) {
	n, C := x.Rows, x.Cols
	S := c.length + n
	normed, out, mixed := like(x, c.normed), like(x, c.out), like(x, c.mixed)

	// x = x + attention(norm1(x))
	l.norm1.Forward(normed, c.moments, x)
	qkv := f32.View(c.qkv, n, 3*C)
	l.qkv.Forward(qkv, normed)
	past := f32.View(kv, S, 2*C)
	for t := range n {
		copy(f32.Row(past, c.length+t), f32.Row(qkv, t)[C:])
	}
	heads := attention.Heads{Count: l.count, Causal: true}
	heads.Forward(mixed, &c.heads, f32.Cols(qkv, 0, C), f32.Cols(past, 0, C), f32.Cols(past, C, 2*C), n, S, nil)
	l.proj.Forward(out, mixed)
	f32.Add(x.Data, out.Data)

	// x = x + mlp(norm2(x))
	l.norm2.Forward(normed, c.moments, x)
	l.mlp.Forward(out, c.mlp, normed)
	f32.Add(x.Data, out.Data)
}
