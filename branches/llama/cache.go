package llama

import (
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/layers"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/flash"
)

const (
	badExtend   = "llama: Extend needs at least one id, and room for all of them in the context"
	badTruncate = "llama: Truncate keeps no more tokens than the cache has read"
)

// chunk is how many new positions go through the blocks at once, as in chapter 4.
const chunk = 256

// Cache is chapter 4's, of a model whose positions are turned into the keys: the
// values and the turned keys of the tokens that were read. It grows with the text.
type Cache struct {
	model  *Model
	length int
	past   []*past
	turns  layers.Turns
	stream blas32.General // (chunk,C), up to chunk new positions
	block  *BlockActivations
	hidden blas32.General // (1,C)
	logits blas32.General // (1,V)
}

// past is what one block has of the first positions of a text.
type past struct {
	length int
	K, V   blas32.General // (room,G·D) each
}

// with adds the keys and values of new positions, and returns all.
func (p *past) with(k, v blas32.General) (allK, allV blas32.General) {
	n := p.length + k.Rows
	for _, part := range []struct {
		all *blas32.General
		new blas32.General
	}{{&p.K, k}, {&p.V, v}} {
		if n > part.all.Rows {
			grown := f32.New(max(n, 2*part.all.Rows), k.Cols)
			copy(grown.Data, part.all.Data)
			*part.all = grown
		}
		copy(part.all.Data[p.length*k.Cols:], part.new.Data)
	}
	return f32.Rows(p.K, 0, n), f32.Rows(p.V, 0, n)
}

// NewCache returns an empty cache for m.
func (m *Model) NewCache() gpt.Cache {
	c := m.Config
	n := min(chunk, c.Context)
	cache := &Cache{
		model: m, turns: layers.NewTurns(n, c.HeadDim/2), stream: f32.New(n, c.Width), block: newBlockActivations(c, 1, n),
		hidden: f32.New(1, c.Width), logits: f32.New(1, c.Vocab),
	}
	cache.block.attention.kept = flash.Kept{} // nothing is kept for a backward pass
	cache.block.attention.turns = &cache.turns
	for range m.Blocks {
		cache.past = append(cache.past, new(past))
	}
	return cache
}

// Len is the number of tokens read so far.
func (c *Cache) Len() int { return c.length }

// Truncate forgets all tokens but the first n.
func (c *Cache) Truncate(n int) {
	if n < 0 || n > c.length {
		panic(badTruncate)
	}
	c.length = n
}

// Extend reads ids after what the cache already holds and returns the logits (V) of
// the token that follows. They live in the cache until its next use.
func (c *Cache) Extend(ids []int) []float32 {
	m := c.model
	if len(ids) == 0 || c.length+len(ids) > m.Config.Context {
		panic(badExtend)
	}
	x := &c.stream
	for len(ids) > 0 {
		n := min(chunk, len(ids))
		layers.Fit(n, x, &c.turns.Cos, &c.turns.Sin)
		m.embed(*x, ids[:n])
		c.turns.Set(m.Frequencies, c.length)
		for i, past := range c.past {
			past.length, c.block.attention.past = c.length, past
			m.Blocks[i].Forward(*x, c.block, *x, nil)
		}
		c.length += n
		ids = ids[n:]
	}
	m.Norm.Forward(c.hidden, c.block.rstd1, f32.Rows(*x, x.Rows-1, x.Rows))
	m.Logits(c.logits, c.hidden)
	return c.logits.Data
}
