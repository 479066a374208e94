// Package flash is attention made fast: the weights of the heads are made a small
// tile at a time, where they are needed, and never kept (FlashAttention, Dao, Fu,
// Ermon, Rudra, Ré 2022). What comes out is what chapter 3's MultiHead computes
// between its two products, up to rounding; tests compare the two.
//
// Read the files in this order:
//
//	flash.go   what goes in, what is kept, and forward and backward
//	online.go  a softmax that meets its scores a few at a time
//	tiles.go   what one core does: some queries of one head
//	drop.go    dropout's factors, drawn again in the backward pass
package flash

import (
	"runtime"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

const (
	badHeads = "flash: the width is not divisible by the number of heads"
	badKeys  = "flash: the keys are not as wide as their number of heads asks"
	badKept  = "flash: Backward of a pass that kept nothing"
	badMasks = "flash: a causal pass takes no lengths"
)

// Views are the queries (B·T,H·D), keys (B·S,G·D) and values (B·S,G·D) of B
// sequences, those of all heads side by side in the columns. Their gradients are
// another value of this type.
type Views struct{ Q, K, V blas32.General }

// Pass says how views are cut and looked at.
type Pass struct {
	Heads   int     // H
	Shared  int     // how many of these look at one head of the keys, H/G; 0 means 1
	T, S    int     // queries and keys of a sequence; the queries are its last T positions
	Causal  bool    // no position sees the future
	Lengths []int   // (B): how many keys of a sequence are seen, the others being padding; nil for all
	Drop    float32 // share of the weights that are forgotten
	Seed    uint64  // of which ones
}

// Kept is what [Forward] keeps for [Backward] besides its output: one number for
// each query of each head. Its gradient is another value of this type. The zero
// value keeps nothing and serves passes that have no backward pass.
type Kept struct {
	LogSum []float32 // (B,H,T), see OnlineSoftmax.LogSum
	work   work
}

// NewKept returns room for B sequences of T queries and H heads.
func NewKept(B, H, T int) Kept { return Kept{LogSum: make([]float32, B*H*T)} }

// work is what one pass hands to all cores.
type work struct {
	Pass
	x, dx Views
	y, dy blas32.General
	a, d  *Kept
}

// Forward sets y (B·T,C) to what the heads mix from x. A piece of the work is one
// block of queries of one head: no two write to the same place.
func Forward(y blas32.General, a *Kept, x Views, p Pass) {
	p.Shared = max(1, p.Shared)
	if x.Q.Cols%p.Heads != 0 {
		panic(badHeads)
	}
	if p.Heads%p.Shared != 0 || x.K.Cols*p.Shared != x.Q.Cols {
		panic(badKeys)
	}
	if p.Causal && p.Lengths != nil {
		panic(badMasks)
	}
	w := &a.work
	*w = work{Pass: p, x: x, y: y, a: a}
	tiles.Reserve(runtime.GOMAXPROCS(0))
	f32.Run(y.Rows/p.T*p.Heads*w.blocks(), 1, func(lo, hi int) {
		t := tiles.Take()
		for i := lo; i < hi; i++ {
			w.block(i).forward(t)
		}
		tiles.Give(t)
	})
}

// Backward undoes the last [Forward] of a, given its output y: from dy it sets dx
// and the gradient d of what was kept. A piece of the work is a whole head of the
// keys, since all queries that look at it add to the gradients of its keys and values.
func Backward(dx Views, d, a *Kept, dy, y blas32.General, x Views) {
	if a.LogSum == nil {
		panic(badKept)
	}
	w := &d.work
	*w = work{Pass: a.work.Pass, x: x, dx: dx, y: y, dy: dy, a: a, d: d}
	tiles.Reserve(runtime.GOMAXPROCS(0))
	n := w.Shared * w.blocks() // that look at one head of the keys
	f32.Run(y.Rows/w.T*w.Heads/w.Shared, 1, func(lo, hi int) {
		t := tiles.Take()
		for i := lo; i < hi; i++ {
			// The last block sees all keys and sets their gradients; the others add.
			last := (i+1)*n - 1
			w.block(last).backward(t, 0)
			for j := i * n; j < last; j++ {
				w.block(j).backward(t, 1)
			}
		}
		tiles.Give(t)
	})
}

// part returns what belongs to head i of m, which has so many heads and t rows a
// sequence: the rows of sequence i/heads and the columns of head i%heads.
func part(m blas32.General, i, heads, t int) blas32.General {
	b, h, D := i/heads, i%heads, m.Cols/heads
	return f32.Cols(f32.Rows(m, b*t, (b+1)*t), h*D, (h+1)*D)
}
