package f32

import (
	"unsafe"

	"gonum.org/v1/gonum/blas"
)

// The blocking of Goto and van de Geijn, "Anatomy of High-Performance Matrix
// Multiplication" (2008). A block of b (4 MB) is packed once and lies in the
// third-level cache. Blocks of a (72 KB, in the second-level cache) are packed
// one at a time, and the panels of b pass by each.
const (
	blockSteps = 256
	blockRows  = 72
	blockSize  = 1 << 20
	blockCols  = 3072
	finishCols = 512  // columns of c that are finished while they are in the cache
	stripCols  = 1024 // columns of b that a worker packs for itself at most
	packCols   = 96   // columns of b that are packed as one piece
	each       = 4    // pieces for each core, so that none waits long for the last one
)

// A block is a packed part of b: steps l0 to l1-1 of the sums, in portions of
// the product's depth, for columns j0 to j1-1 of c, in panels of as many columns
// as the kernel takes.
type block struct {
	l0, l1, j0, j1 int
	data           *blockB
}

type (
	blockA [blockRows*blockSteps + overhang]float32
	blockB [blockSize + overhang]float32
)

var (
	blocksA Shelf[blockA]
	blocksB Shelf[blockB]
)

// packed computes the product with the kernel. There are two ways to share it
// out. Where c is much wider than it is high, each worker packs a strip of b of
// its own, and all of a for each strip. Else the workers pack a block of b
// together, wait for each other, and share out the rows of c, so that nothing is
// packed twice.
//
// How it is cut has no influence on the bits: the sum of an element has the same
// order in any piece.
func (p *product) packed(procs int) {
	blocksA.Reserve(procs)
	blocksB.Reserve(procs)
	p.depth = (p.k-1)/blockSteps + 1
	p.depth = (p.k-1)/p.depth + 1 // portions of equal length: a short last one is slow
	p.down, p.across = 1, (p.n-1)/blockCols+1
	if procs > 1 {
		p.across = max((p.n-1)/stripCols+1, min(each*procs, (p.n-1)/(2*fast.b.width)+1))
	}
	again := p.m > 256 && 2*p.across*p.m > p.n // packing a for every strip costs more than to wait
	if procs == 1 || p.across >= procs && !again {
		p.share(procs, p.across, (*product).strips)
	} else {
		p.together(procs)
	}
}

// strips computes strips lo to hi-1 of c: ranges of its columns.
func (p *product) strips(lo, hi int) {
	a, b := blocksA.Take(), blocksB.Take()
	for i := lo; i < hi; i++ {
		x := block{j0: span(i, p.across, p.n, fast.b.width), j1: span(i+1, p.across, p.n, fast.b.width), data: b}
		for ; x.l0 < p.k; x.l0 = x.l1 {
			x.l1 = min(x.l0+p.depth, p.k)
			p.pack(&x, x.j0, x.j1)
			p.rows(a, &x, 0, p.m, x.j0, x.j1)
		}
	}
	blocksA.Give(a)
	blocksB.Give(b)
}

// together computes the product block by block of b.
func (p *product) together(procs int) {
	h, w := fast.a.width, fast.b.width
	cols := min(roundUp(p.n, w), blockCols)
	steps := max(blockSize/cols/p.depth, 1) * p.depth
	b := blocksB.Take()
	for j := 0; j < p.n; j += cols {
		n := min(cols, p.n-j)
		p.down = min(max((p.m-1)/blockRows+1, 2*each*procs), (p.m-1)/h+1)
		p.across = min((each*procs-1)/p.down+1, (n-1)/w+1)
		for l := 0; l < p.k; l += steps {
			p.block = block{l0: l, l1: min(l+steps, p.k), j0: j, j1: j + n, data: b}
			p.share(procs, (n-1)/packCols+1, (*product).packParts)
			p.share(procs, p.down*p.across, (*product).multiply)
		}
	}
	blocksB.Give(b)
}

// roundUp returns the next multiple of unit.
func roundUp(n, unit int) int { return (n + unit - 1) / unit * unit }

// packParts is the first half of a block's work: it packs parts lo to hi-1, some
// columns of b each.
func (p *product) packParts(lo, hi int) {
	x := &p.block
	for i := lo; i < hi; i++ {
		j := x.j0 + i*packCols
		p.pack(x, j, min(j+packCols, x.j1))
	}
}

// pack packs columns j0 to j1-1 of a block.
func (p *product) pack(x *block, j0, j1 int) {
	for l := x.l0; l < x.l1; l += p.depth {
		k := min(p.depth, x.l1-l)
		fast.pack(fast.b, x.panel(l, k, j0), p.b, p.tB != blas.NoTrans, j0, j1, l, k)
	}
}

// panel is where the panel that begins with column j lies, for a portion of k
// steps that begins with step l.
func (x *block) panel(l, k, j int) []float32 {
	return x.data[(l-x.l0)*roundUp(x.j1-x.j0, fast.b.width)+(j-x.j0)*k:]
}

// multiply is the second half: it adds the block's steps to pieces lo to hi-1 of
// the grid that c is cut into.
func (p *product) multiply(lo, hi int) {
	x, a := &p.block, blocksA.Take()
	for piece := lo; piece < hi; piece++ {
		i, j := piece/p.across, piece%p.across
		i0, i1 := span(i, p.down, p.m, fast.a.width), span(i+1, p.down, p.m, fast.a.width)
		j0, j1 := span(j, p.across, x.j1-x.j0, fast.b.width), span(j+1, p.across, x.j1-x.j0, fast.b.width)
		p.rows(a, x, i0, i1, x.j0+j0, x.j0+j1)
	}
	blocksA.Give(a)
}

// rows adds the block's steps to a part of c.
func (p *product) rows(a *blockA, x *block, i0, i1, j0, j1 int) {
	for i := i0; i < i1; i += blockRows {
		end := min(i+blockRows, i1)
		for l := x.l0; l < x.l1; l += p.depth {
			k := min(p.depth, x.l1-l)
			fast.pack(fast.a, a[:], p.a, p.tA == blas.NoTrans, i, end, l, k)
			for j := j0; j < j1; j += finishCols {
				p.tiles(a, x, i, end, j, min(j+finishCols, j1), l, k)
			}
		}
	}
}

// tiles adds a portion of k steps to a part of c, tile by tile, and finishes
// what is complete then.
func (p *product) tiles(a *blockA, x *block, i0, i1, j0, j1, l, k int) {
	h, w, stride, beta := fast.a.width, fast.b.width, p.c.Stride, p.beta
	if l > 0 {
		beta = 1 // the later portions add to the first one
	}
	for j := j0; j < j1; j += w {
		b := &x.panel(l, k, j)[0]
		for i := i0; i < i1; i += h {
			fast.multiply(min(h, i1-i), min(w, j1-j), k, &a[(i-i0)*k], b, &p.c.Data[i*stride+j], stride, p.alpha, beta)
		}
	}
	if l+k == p.k {
		p.finish(i0, i1, j0, j1)
	}
}

// mergeTile computes c = tile + beta·c for rows × cols elements of a tile whose
// rows are width apart; c's are stride apart.
func mergeTile(rows, cols int, tile []float32, width int, c *float32, stride int, beta float32) {
	out := unsafe.Slice(c, (rows-1)*stride+cols)
	for i := range rows {
		row := out[i*stride:][:cols]
		if beta == 0 {
			copy(row, tile[i*width:])
			continue
		}
		for j, v := range tile[i*width:][:cols] {
			row[j] = v + beta*row[j]
		}
	}
}
