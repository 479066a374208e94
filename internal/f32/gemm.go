package f32

import (
	"runtime"
	"sync"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

const (
	badShapes = "f32: shapes of the product do not match"
	badStride = "f32: stride below the number of columns"
)

// Gemm computes
//
//	c = alpha · op(a) · op(b) + beta · c
//
// where op(x) is x for blas.NoTrans and its transpose for blas.Trans, as
// [blas32.Gemm] does, on all cores. With beta 0 whatever c held is overwritten,
// NaNs too. The bits of the result do not depend on the number of cores. c must
// not share elements with a or b.
func Gemm(tA, tB blas.Transpose, alpha float32, a, b blas32.General, beta float32, c blas32.General) {
	check(a)
	check(b)
	check(c)
	m, k := a.Rows, a.Cols
	if tA != blas.NoTrans {
		m, k = k, m
	}
	kb, n := b.Rows, b.Cols
	if tB != blas.NoTrans {
		kb, n = n, kb
	}
	if kb != k || c.Rows != m || c.Cols != n {
		panic(badShapes)
	}
	if m == 0 || n == 0 {
		return
	}
	if alpha == 0 || k == 0 {
		scaleRows(beta, c)
		return
	}
	p := products.take()
	*p = product{tA: tA, tB: tB, m: m, n: n, k: k, alpha: alpha, beta: beta, a: a, b: b, c: c}
	p.run()
	*p = product{} // keep nobody's matrices
	products.give(p)
}

// check panics unless m's elements lie inside its data.
func check(m blas32.General) {
	if m.Rows < 0 || m.Cols < 0 {
		panic(badSize)
	}
	if m.Rows == 0 || m.Cols == 0 {
		return
	}
	if m.Stride < m.Cols {
		panic(badStride)
	}
	if len(m.Data) < (m.Rows-1)*m.Stride+m.Cols {
		panic(badData)
	}
}

// scaleRows computes c = beta·c, and zeroes c when beta is 0.
func scaleRows(beta float32, c blas32.General) {
	for i := range c.Rows {
		row := Row(c, i)
		if beta == 0 {
			clear(row)
		} else if beta != 1 {
			Scale(beta, row)
		}
	}
}

// A product is one call of Gemm, m × n elements that are sums of k terms. It is
// cut into pieces of rows × cols elements of c, the last ones of a row or column
// of pieces perhaps smaller, counted along the rows; a piece is one worker's.
type product struct {
	tA, tB      blas.Transpose
	m, n, k     int
	alpha, beta float32
	a, b, c     blas32.General

	how        func(p *product, i0, i1, j0, j1 int) // computes a part of c
	rows, cols int                                  // of a piece
	across     int                                  // pieces in a row of pieces
}

// Fewer multiplications than this are done before a second core is awake: a
// million take some 25 µs on one.
const worthSharing = 1 << 20

// thinRows is the number of rows up to which packing b costs more than it saves.
const thinRows = 6

func (p *product) run() {
	procs := 1
	if p.m*p.n*p.k >= worthSharing {
		procs = runtime.GOMAXPROCS(0)
	}
	switch {
	case fast == nil:
		p.how, p.rows, p.cols = (*product).generic, gonumRows, gonumCols
	case p.m <= thinRows && (p.tA == blas.NoTrans || p.tB == blas.NoTrans):
		p.how = (*product).thin
		p.cut(p.m, thinCols, procs, 1, 64)
	default:
		p.how = (*product).packed
		p.cut(blockRows*8, blockCols, procs, fast.a.width, fast.b.width)
		buffers.reserve(procs)
	}
	p.across = (p.n-1)/p.cols + 1
	pieces := p.across * ((p.m-1)/p.rows + 1)
	if procs == 1 {
		p.Do(0, pieces)
	} else {
		Run(pieces, 1, p)
	}
}

// cut chooses the size of a piece: at most rows × cols, multiples of the units,
// and, for more than one core, small enough that there are four pieces for each,
// so that none waits long for the last one. Larger pieces pack less often. The
// size has no influence on the bits: an element's sum has the same order in a
// piece of any size.
func (p *product) cut(rows, cols, procs, rowUnit, colUnit int) {
	down, across := (p.m-1)/rows+1, (p.n-1)/cols+1
	for procs > 1 && down*across < 4*procs {
		h, w := p.m/down, p.n/across
		if h < 8*rowUnit && w < 4*colUnit {
			break
		}
		if h > w {
			down++
		} else {
			across++
		}
	}
	p.rows = roundUp((p.m-1)/down+1, rowUnit)
	p.cols = roundUp((p.n-1)/across+1, colUnit)
}

// roundUp returns the next multiple of unit.
func roundUp(n, unit int) int { return (n + unit - 1) / unit * unit }

// Do computes pieces lo to hi-1.
func (p *product) Do(lo, hi int) {
	for t := lo; t < hi; t++ {
		i, j := t/p.across*p.rows, t%p.across*p.cols
		p.how(p, i, min(i+p.rows, p.m), j, min(j+p.cols, p.n))
	}
}

// The blocking of Goto and van de Geijn, "Anatomy of High-Performance Matrix
// Multiplication" (2008). A panel of b, blockSteps deep, stays in the first-level
// cache (16 KB of 32) while the panels of a packed block of a (120 KB, in the
// second-level cache) pass by it; a packed block of b lies beyond.
const (
	blockSteps = 256
	blockRows  = 72
	blockCols  = 512
)

// packed computes a part of c, at most blockCols wide, with the kernel.
func (p *product) packed(i0, i1, j0, j1 int) {
	buf := buffers.take()
	steps := (p.k-1)/blockSteps + 1
	steps = (p.k-1)/steps + 1 // of equal length: a short last one is slow
	beta := p.beta
	for l := 0; l < p.k; l += steps {
		k := min(steps, p.k-l)
		fast.pack(fast.b, buf.b[:], p.b, p.tB != blas.NoTrans, j0, j1, l, k)
		for i := i0; i < i1; i += blockRows {
			end := min(i+blockRows, i1)
			fast.pack(fast.a, buf.a[:], p.a, p.tA == blas.NoTrans, i, end, l, k)
			p.tiles(buf, i, end, j0, j1, k, beta)
		}
		beta = 1 // the later steps add to the first ones
	}
	buffers.give(buf)
}

// tiles multiplies the blocks packed in buf.
func (p *product) tiles(buf *buffer, i0, i1, j0, j1, k int, beta float32) {
	h, w, stride := fast.a.width, fast.b.width, p.c.Stride
	for j := j0; j < j1; j += w {
		b := &buf.b[(j-j0)*k]
		for i := i0; i < i1; i += h {
			a, c := &buf.a[(i-i0)*k], p.c.Data[i*stride+j:]
			if i+h <= i1 && j+w <= j1 {
				fast.multiply(k, a, b, &c[0], stride, p.alpha, beta)
				continue
			}
			fast.multiply(k, a, b, &buf.tile[0], w, p.alpha, 0)
			buf.merge(c, stride, min(h, i1-i), min(w, j1-j), w, beta)
		}
	}
}

// A buffer is what one worker packs into.
type buffer struct {
	a    [blockRows*blockSteps + overhang]float32
	b    [blockCols*blockSteps + overhang]float32
	tile [1024]float32 // for tiles that reach beyond c
}

// merge computes c = tile + beta·c for rows × cols elements of the tile.
func (buf *buffer) merge(c []float32, stride, rows, cols, width int, beta float32) {
	for i := range rows {
		row := c[i*stride:][:cols]
		if beta == 0 {
			copy(row, buf.tile[i*width:])
			continue
		}
		for j, v := range buf.tile[i*width:][:cols] {
			row[j] = v + beta*row[j]
		}
	}
}

// thinCols: that much of a row of c stays in the first-level cache.
const thinCols = 4096

// thin computes a part of c when it has few rows, as in generation, where each
// element of b is used but once or twice: b is read in its own order.
func (p *product) thin(i0, i1, j0, j1 int) {
	if p.tB != blas.NoTrans {
		p.thinDot(i0, i1, j0, j1)
		return
	}
	scaleRows(p.beta, window(p.c, i0, i1, j0, j1))
	for l := range p.k {
		b := p.b.Data[l*p.b.Stride:][j0:j1]
		for i := i0; i < i1; i++ {
			at := i*p.a.Stride + l
			if p.tA != blas.NoTrans {
				at = l*p.a.Stride + i
			}
			Axpy(p.alpha*p.a.Data[at], b, p.c.Data[i*p.c.Stride:][j0:j1])
		}
	}
}

func (p *product) thinDot(i0, i1, j0, j1 int) {
	for j := j0; j < j1; j++ {
		b := p.b.Data[j*p.b.Stride:][:p.k]
		for i := i0; i < i1; i++ {
			c := &p.c.Data[i*p.c.Stride+j]
			v := p.alpha * Dot(p.a.Data[i*p.a.Stride:][:p.k], b)
			if p.beta != 0 {
				v += p.beta * *c
			}
			*c = v
		}
	}
}

// A shelf keeps what one call of Gemm needs for the next. Unlike a sync.Pool it
// is not emptied by the garbage collector.
type shelf[T any] struct {
	mu   sync.Mutex
	list []*T
	made int
}

var (
	products shelf[product]
	buffers  shelf[buffer]
)

func (s *shelf[T]) take() *T {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := len(s.list) - 1
	if last < 0 {
		s.made++
		return new(T)
	}
	t := s.list[last]
	s.list = s.list[:last]
	return t
}

func (s *shelf[T]) give(t *T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, t)
}

// reserve makes sure that there have ever been n: no worker that first takes
// part in a later call has to allocate then.
func (s *shelf[T]) reserve(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for ; s.made < n; s.made++ {
		s.list = append(s.list, new(T))
	}
}
