// Package topk finds the largest of many values, in order, without sorting them:
// a text needs the likeliest few of fifty thousand tokens, for each token anew.
//
// It keeps the largest value of each block of 64, and the blocks in a heap, each
// before the two at twice its index and one or two further on. So the first block
// has the largest value, and taking that out disturbs a few blocks only.
package topk

import (
	"iter"
	"slices"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// Descending yields the indices of values from the largest value to the smallest,
// the first of equals first, as a stable sort would have them: what is asked for
// of it is all that it finds out. NaNs come somewhere.
func Descending(values []float32) iter.Seq[int] {
	return func(yield func(int) bool) {
		h := heaps.Take()
		defer heaps.Give(h)
		for h.fill(values); len(h.blocks) > 0; {
			if !yield(h.next()) {
				return
			}
		}
	}
}

// A block is some values in a row, of which those not yet taken are at lo to hi-1
// of a heap's values.
type block struct {
	lo, hi int
	most   float32 // the largest of these
}

// before reports whether the largest value of b comes before that of c.
func (b block) before(c block) bool { return b.most > c.most || b.most == c.most && b.lo < c.lo }

const blockSize = 64

type heap struct {
	blocks  []block
	values  []float32 // those not taken out, block by block
	indices []int32   // where they came from
}

var heaps f32.Shelf[heap]

// fill begins with all values.
func (h *heap) fill(values []float32) {
	h.blocks, h.indices = h.blocks[:0], h.indices[:0]
	h.values = append(h.values[:0], values...)
	for i := range values {
		h.indices = append(h.indices, int32(i))
	}
	for lo := 0; lo < len(values); lo += blockSize {
		hi := min(lo+blockSize, len(values))
		h.blocks = append(h.blocks, block{lo, hi, f32.Max(values[lo:hi])})
	}
	for i := len(h.blocks)/2 - 1; i >= 0; i-- {
		h.sink(i)
	}
}

// sink moves the block at i down to where both below come after it.
func (h *heap) sink(i int) {
	b := h.blocks[i]
	for {
		below := 2*i + 1
		if below >= len(h.blocks) {
			break
		}
		if below+1 < len(h.blocks) && h.blocks[below+1].before(h.blocks[below]) {
			below++
		}
		if !h.blocks[below].before(b) {
			break
		}
		h.blocks[i] = h.blocks[below]
		i = below
	}
	h.blocks[i] = b
}

// next takes the largest of the values that are left and returns its index.
func (h *heap) next() int {
	b := &h.blocks[0]
	at := b.lo + max(0, slices.Index(h.values[b.lo:b.hi], b.most)) // no index if NaN
	index := h.indices[at]
	b.hi--
	copy(h.indices[at:b.hi], h.indices[at+1:])
	copy(h.values[at:b.hi], h.values[at+1:])
	if b.lo < b.hi {
		b.most = f32.Max(h.values[b.lo:b.hi])
	} else {
		last := len(h.blocks) - 1
		h.blocks[0] = h.blocks[last]
		h.blocks = h.blocks[:last]
	}
	if len(h.blocks) > 0 {
		h.sink(0)
	}
	return int(index)
}
