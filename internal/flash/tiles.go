package flash

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// A tile is at most this large. Its scores, 64 KB, stay in the second-level
// cache until they have been used. With 64 queries a context of 1,024 takes 5%
// less time and one of 64, where more of each tile lies in the future, 10% more.
const (
	tileRows = 32  // queries
	tileCols = 512 // keys
)

// A block is up to tileRows consecutive queries of one head. The last of them
// sees the most keys, which are cut into tiles from there backwards: so only
// the first tile holds some of the future.
type block struct {
	*work
	number int // of the block, counted through all heads
	head   int // counted through all sequences
	lo, hi int // the queries, among the T of a sequence
	seen   int // keys, of S
}

// blocks is how many blocks the queries of one head make.
func (w *work) blocks() int { return (w.T + tileRows - 1) / tileRows }

// block returns a block by its number.
func (w *work) block(number int) block {
	b := block{work: w, number: number, head: number / w.blocks(), lo: number % w.blocks() * tileRows, seen: w.S}
	b.hi = min(b.lo+tileRows, w.T)
	if w.Causal {
		b.seen -= w.T - b.hi
	}
	if w.Lengths != nil {
		b.seen = w.Lengths[b.head/w.Heads]
	}
	return b
}

// queries returns what belongs to the block of m, which has T rows a sequence.
func (b block) queries(m blas32.General) blas32.General {
	return f32.Rows(part(m, b.head, b.Heads, b.T), b.lo, b.hi)
}

// keys returns what belongs to the keys lo to hi-1 of m, which has S rows a
// sequence.
func (b block) keys(m blas32.General, lo, hi int) blas32.General {
	return f32.Rows(part(m, b.head/b.Shared, b.Heads/b.Shared, b.S), lo, hi)
}

// kept returns what belongs to the block of sums (B,H,T).
func (b block) kept(sums []float32) []float32 { return sums[b.head*b.T:][b.lo:b.hi] }

// A tile is one worker's room for the weights of a block for some keys.
type tile struct {
	weights, dweights, factors [tileRows * tileCols]float32
	softmax                    [tileRows]OnlineSoftmax
	rng                        rand.PCG
}

var tiles f32.Shelf[tile]

// begin makes the tile ready for the first keys of a block.
func (t *tile) begin(b block) {
	t.rng.Seed(b.Seed, uint64(b.number))
	for i := range t.softmax {
		t.softmax[i] = NewOnlineSoftmax()
	}
}

// drawn returns the dropout factors of the next weights of a block.
func (t *tile) drawn(b block, weights blas32.General) blas32.General {
	factors := f32.View(t.factors[:], weights.Rows, weights.Cols)
	drawFactors(factors.Data, b.Drop, &t.rng)
	return factors
}

// scores sets the tile's weights to the scores of the block's queries for the
// keys lo to hi-1, what lies in the future at minus infinity, and returns them.
func (b block) scores(t *tile, lo, hi int) blas32.General {
	q := b.queries(b.x.Q)
	scores := f32.View(t.weights[:], q.Rows, hi-lo)
	f32.Gemm(blas.NoTrans, blas.Trans, scale(q), q, b.keys(b.x.K, lo, hi), 0, scores)
	if b.Causal && hi == b.seen {
		for i := range scores.Rows {
			future := f32.Row(scores, i)[hi-lo-scores.Rows+i+1:]
			for j := range future {
				future[j] = float32(math.Inf(-1))
			}
		}
	}
	return scores
}

// scale is 1/√D for queries of D columns.
func scale(q blas32.General) float32 { return float32(1 / math.Sqrt(float64(q.Cols))) }

// forward sets the block's rows of y.
func (b block) forward(t *tile) {
	t.begin(b)
	y, beta := b.queries(b.y), float32(0) // the first product sets y, the others add
	for hi := b.seen; hi > 0; hi -= tileCols {
		lo := max(0, hi-tileCols)
		weights := b.scores(t, lo, hi)
		for i := range weights.Rows {
			factor := t.softmax[i].Add(f32.Row(weights, i))
			if beta != 0 && factor != 1 {
				f32.Scale(factor, f32.Row(y, i))
			}
		}
		if b.Drop > 0 {
			f32.Mul(weights.Data, weights.Data, t.drawn(b, weights).Data)
		}
		f32.Gemm(blas.NoTrans, blas.NoTrans, 1, weights, b.keys(b.x.V, lo, hi), beta, y)
		beta = 1
	}
	for i := range y.Rows {
		f32.Scale(1/t.softmax[i].Sum, f32.Row(y, i))
	}
	if b.a.LogSum == nil {
		return
	}
	logSum := b.kept(b.a.LogSum)
	for i := range logSum {
		logSum[i] = t.softmax[i].LogSum()
	}
}

// backward sets the block's rows of dq, and those of dk and dv to what the
// block's queries add, plus beta times what is there.
func (b block) backward(t *tile, beta float32) {
	t.begin(b)
	y, dy, dlogSum := b.queries(b.y), b.queries(b.dy), b.kept(b.d.LogSum)
	for i := range dlogSum {
		dlogSum[i] = -f32.Dot(f32.Row(dy, i), f32.Row(y, i))
	}
	dqBeta := float32(0) // the first product sets dq, the others add
	for hi := b.seen; hi > 0; hi -= tileCols {
		lo := max(0, hi-tileCols)
		dscores := b.dscores(t, lo, hi, beta)
		// scores = q kᵀ/√D
		q, dq := b.queries(b.x.Q), b.queries(b.dx.Q)
		f32.Gemm(blas.NoTrans, blas.NoTrans, scale(q), dscores, b.keys(b.x.K, lo, hi), dqBeta, dq)
		f32.Gemm(blas.Trans, blas.NoTrans, scale(q), dscores, q, beta, b.keys(b.dx.K, lo, hi))
		dqBeta = 1
	}
	if beta == 0 { // nobody looks at padding
		for _, d := range []blas32.General{b.keys(b.dx.K, b.seen, b.S), b.keys(b.dx.V, b.seen, b.S)} {
			for j := range d.Rows {
				clear(f32.Row(d, j))
			}
		}
	}
}

// dscores returns the gradient of the block's scores for the keys lo to hi-1,
// and does what it passes on the way: the gradient of these keys' values.
func (b block) dscores(t *tile, lo, hi int, beta float32) blas32.General {
	dy := b.queries(b.dy)
	weights := b.scores(t, lo, hi)
	for i, sum := range b.kept(b.a.LogSum) {
		row := f32.Row(weights, i)
		f32.ExpShifted(row, row, sum)
	}

	// y += used·v
	dweights := f32.View(t.dweights[:], weights.Rows, weights.Cols)
	f32.Gemm(blas.NoTrans, blas.Trans, 1, dy, b.keys(b.x.V, lo, hi), 0, dweights)
	used := weights
	if b.Drop > 0 {
		used = t.drawn(b, weights)
		f32.Mul(dweights.Data, dweights.Data, used.Data)
		f32.Mul(used.Data, used.Data, weights.Data)
	}
	f32.Gemm(blas.Trans, blas.NoTrans, 1, used, dy, beta, b.keys(b.dx.V, lo, hi))

	// weights = exp(scores - logSum)
	for i, dsum := range b.kept(b.d.LogSum) {
		ds := f32.Row(dweights, i)
		for j, w := range f32.Row(weights, i) {
			ds[j] = w * (ds[j] + dsum)
		}
	}
	return dweights
}
