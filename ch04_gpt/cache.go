package gpt

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/flash"
)

const (
	badExtend   = "gpt: Extend needs at least one id, and room for all of them in the context"
	badTruncate = "gpt: Truncate keeps no more tokens than the cache has read"
)

// chunk is how many new positions go through the blocks at once. It bounds the
// memory that reading a long prompt takes, 12 MB for the smallest GPT-2. With 64,
// which use what is fetched of the weights less often, a prompt takes a quarter
// longer; with 512 as long.
const chunk = 256

// KVCache remembers the keys and values of the tokens a model has read. Nothing
// that comes later changes them, since no position sees the future; so the next
// token costs one position's work and not the whole text's.
type KVCache struct {
	model  Reader
	length int
	past   [][]float32       // L of (Context,2C): keys and values side by side
	stream []float32         // (chunk,C), up to chunk new positions
	block  *BlockActivations // of one block after another
	hidden []float32         // (C)
	logits []float32         // (V)
}

// past is what one block has of the first positions of a text.
type past struct {
	kv     []float32 // (Context,2C): keys and values side by side; nil for no past
	length int
}

// with adds the keys and values of new positions, and returns all.
func (p past) with(k, v blas32.General) (allK, allV blas32.General) {
	C := k.Cols
	all := f32.View(p.kv, p.length+k.Rows, 2*C)
	for t := range k.Rows {
		row := f32.Row(all, p.length+t)
		copy(row, f32.Row(k, t))
		copy(row[C:], f32.Row(v, t))
	}
	return f32.Cols(all, 0, C), f32.Cols(all, C, 2*C)
}

// NewKVCache returns an empty cache for m.
func NewKVCache(m Reader) *KVCache {
	c := m.Shape()
	n := min(chunk, c.Context)
	block := NewBlockActivations(c, 1, n)
	block.normed2, block.kept = block.normed1, flash.Kept{} // nothing is kept for a backward pass
	cache := &KVCache{
		model: m, stream: make([]float32, n*c.Width), block: block,
		hidden: make([]float32, c.Width), logits: make([]float32, c.Vocab),
	}
	for range c.Layers {
		cache.past = append(cache.past, make([]float32, c.Context*2*c.Width))
	}
	return cache
}

// Len is the number of tokens read so far.
func (c *KVCache) Len() int { return c.length }

// Truncate forgets all tokens but the first n, of which the keys and values stay
// as they are: they know nothing of what came later.
func (c *KVCache) Truncate(n int) {
	if n < 0 || n > c.length {
		panic(badTruncate)
	}
	c.length = n
}

// A Reader is what a cache asks of a model, in whatever form its matrices are.
type Reader interface {
	Shape() Config
	Embed(x blas32.General, ids []int, at int) // the first vectors (n,C), from position at
	Layer(i int) Layer
	LastNorm() *LayerNorm
	Logits(logits, hidden blas32.General)
}

// Extend reads ids after what the cache already holds and returns the logits
// (V) of the token that follows. They live in the cache until its next use. The
// result is that of running the model over the whole text.
func (c *KVCache) Extend(ids []int) []float32 {
	m, config := c.model, c.model.Shape()
	if len(ids) == 0 || c.length+len(ids) > config.Context {
		panic(badExtend)
	}
	var x blas32.General
	for len(ids) > 0 {
		n := min(chunk, len(ids))
		x = f32.View(c.stream, n, config.Width)
		m.Embed(x, ids[:n], c.length)
		for i := range c.past {
			c.block.past = past{c.past[i], c.length}
			m.Layer(i).Forward(x, c.block, x, n, nil)
		}
		c.length += n
		ids = ids[n:]
	}
	last := f32.Rows(x, x.Rows-1, x.Rows) // only here is a token to follow
	hidden := f32.View(c.hidden, 1, config.Width)
	m.LastNorm().Forward(hidden, c.block.moments1, last)
	m.Logits(f32.View(c.logits, 1, config.Vocab), hidden)
	return c.logits
}

// NewCache returns an empty cache for m.
func (m *Model) NewCache() Cache { return NewKVCache(m) }

// Shape is the configuration of m.
func (m *Model) Shape() Config { return m.Config }

// Sizes are those of its configuration.
func (m *Model) Sizes() Sizes {
	c := m.Config
	return Sizes{c.Vocab, c.Context, c.Width, c.Layers}
}

// Embed sets x (n,C) to the vectors that ids begin with, from position at on.
func (m *Model) Embed(x blas32.General, ids []int, at int) {
	m.Embedding.Forward(x, ids, len(ids), at)
}

// Layer returns block i for its forward pass.
func (m *Model) Layer(i int) Layer { return m.Blocks[i].Layer() }

// LastNorm is the norm behind the last block.
func (m *Model) LastNorm() *LayerNorm { return &m.Norm }
