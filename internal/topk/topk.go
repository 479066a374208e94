// Package topk finds the largest of many values, in order, without sorting them:
// a text needs the likeliest few of fifty thousand tokens, for each token anew.
//
// It keeps the largest value of each of some hundred blocks, so that taking the
// largest out is to look through these and through one block.
package topk

import (
	"iter"
	"math"
	"slices"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// Descending yields the indices of values from the largest value to the smallest,
// the first of equals first, as a stable sort would have them: what is asked for
// of it is all that it finds out. NaNs come somewhere.
func Descending(values []float32) iter.Seq[int] {
	return func(yield func(int) bool) {
		b := shelf.Take()
		defer shelf.Give(b)
		for b.fill(values); len(b.most) > 0; {
			if !yield(b.next()) {
				return
			}
		}
	}
}

// blocks are values in rows, about as many as there are in each.
type blocks struct {
	lo, hi  []int     // by block: where those of its values are that are left
	most    []float32 // by block: the largest of these
	values  []float32
	indices []int32 // where they came from
}

var shelf f32.Shelf[blocks]

// fill begins with all values.
func (b *blocks) fill(values []float32) {
	b.lo, b.hi, b.most, b.indices = b.lo[:0], b.hi[:0], b.most[:0], b.indices[:0]
	b.values = append(b.values[:0], values...)
	for i := range values {
		b.indices = append(b.indices, int32(i))
	}
	size := 1 + int(math.Sqrt(float64(len(values))))
	for lo := 0; lo < len(values); lo += size {
		hi := min(lo+size, len(values))
		b.lo, b.hi, b.most = append(b.lo, lo), append(b.hi, hi), append(b.most, f32.Max(values[lo:hi]))
	}
}

// next takes the largest of the values that are left and returns its index.
func (b *blocks) next() int {
	i := first(b.most, f32.Max(b.most))
	at, hi := b.lo[i]+first(b.values[b.lo[i]:b.hi[i]], b.most[i]), b.hi[i]-1
	index := b.indices[at]
	copy(b.indices[at:hi], b.indices[at+1:])
	copy(b.values[at:hi], b.values[at+1:])
	if b.hi[i] = hi; b.lo[i] < hi {
		b.most[i] = f32.Max(b.values[b.lo[i]:hi])
	} else {
		b.lo, b.hi, b.most = slices.Delete(b.lo, i, i+1), slices.Delete(b.hi, i, i+1), slices.Delete(b.most, i, i+1)
	}
	return int(index)
}

// first is the place of the first v among values; NaN is said to be at 0.
func first(values []float32, v float32) int { return max(0, slices.Index(values, v)) }
