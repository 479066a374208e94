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

// A product is one call of Gemm, m × n elements that are sums of k terms.
type product struct {
	tA, tB      blas.Transpose
	m, n, k     int
	alpha, beta float32
	a, b, c     blas32.General
	then        Epilogue

	// The elements of c are shared out as a grid of down × across pieces.
	down, across int
	depth        int   // steps of the sums that are added up at once
	block        block // the part of b that all workers are at
}

// Fewer multiplications than this are done before a second core is awake: a
// million take some 20 µs on one.
const worthSharing = 1 << 20

func (p *product) run() {
	procs := 1
	if p.m*p.n*p.k >= worthSharing && !crew.busy.Load() {
		procs = runtime.GOMAXPROCS(0)
	}
	if p.m <= thinRows && (p.tA == blas.NoTrans || p.tB == blas.NoTrans) {
		p.thinly(procs)
	} else {
		p.packed(procs)
	}
}

// share does work for n pieces, on several cores if there are. On one, as in the
// many small products that a piece of larger work makes, it allocates nothing.
func (p *product) share(procs, n int, work func(p *product, lo, hi int)) {
	if procs == 1 {
		work(p, 0, n)
	} else {
		Run(n, 1, func(lo, hi int) { work(p, lo, hi) })
	}
}

// span returns where piece i of n begins when total things are cut as evenly as
// whole units allow.
func span(i, n, total, unit int) int {
	units := (total-1)/unit + 1
	return min(i*units/n*unit, total)
}
