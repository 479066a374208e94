package f32

import (
	"runtime"

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
	GemmThen(tA, tB, alpha, a, b, beta, c, Epilogue{})
}

// GemmThen is [Gemm] and an epilogue.
func GemmThen(tA, tB blas.Transpose, alpha float32, a, b blas32.General, beta float32, c blas32.General, then Epilogue) {
	check(a)
	check(b)
	check(c)
	then.check(c)
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
	p := products.Take()
	*p = product{tA: tA, tB: tB, m: m, n: n, k: k, alpha: alpha, beta: beta, a: a, b: b, c: c, then: then}
	if alpha == 0 || k == 0 {
		scaleRows(beta, c)
		p.finish(0, m, 0, n)
	} else {
		p.run()
	}
	*p = product{} // keep nobody's matrices
	products.Give(p)
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

var products Shelf[product]

// A product is one call of Gemm, m × n elements that are sums of k terms. It is
// cut into pieces of rows × cols elements of c, the last ones of a row or column
// of pieces perhaps smaller, counted along the rows; a piece is one worker's.
type product struct {
	tA, tB      blas.Transpose
	m, n, k     int
	alpha, beta float32
	a, b, c     blas32.General
	then        Epilogue

	how        func(p *product, i0, i1, j0, j1 int) // computes a part of c
	rows, cols int                                  // of a piece
	across     int                                  // pieces in a row of pieces
}

// Fewer multiplications than this are done before a second core is awake: a
// million take some 25 µs on one.
const worthSharing = 1 << 20

func (p *product) run() {
	procs := 1
	if p.m*p.n*p.k >= worthSharing && !crew.busy.Load() {
		procs = runtime.GOMAXPROCS(0)
	}
	if p.m <= thinRows && (p.tA == blas.NoTrans || p.tB == blas.NoTrans) {
		p.how = (*product).thin
		p.cut(p.m, thinCols, procs, 1, 64)
	} else {
		p.how = (*product).packed
		p.cut(blockRows*20, blockCols, procs, fast.a.width, fast.b.width)
		buffers.Reserve(procs)
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
