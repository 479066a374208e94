package f32

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

const badInt8 = "f32: shapes of the product with an Int8 do not match"

// An Int8 is a matrix of one byte an element. Element (i,j) is
// Scale[i]·Data[i·Cols+j].
type Int8 struct {
	Rows, Cols int
	Data       []int8
	Scale      []float32 // one for each row
}

// Row sets dst to row i of m.
func (m *Int8) Row(dst []float32, i int) {
	if len(dst) != m.Cols {
		panic(badLengths)
	}
	q, scale := m.Data[i*m.Cols:][:m.Cols], m.Scale[i]
	n := fromInt8(dst, scale, q)
	q = q[n:]
	for j := range dst[n:] {
		dst[n+j] = scale * float32(q[j])
	}
}

// GemmInt8 computes y = x·wᵀ, and the epilogue, on all cores; all but w are
// float32. The bits of the result do not depend on the number of cores.
func GemmInt8(x blas32.General, w *Int8, y blas32.General, then Epilogue) {
	check(x)
	check(y)
	then.check(y)
	if x.Cols != w.Cols || y.Rows != x.Rows || y.Cols != w.Rows {
		panic(badInt8)
	}
	if y.Rows == 0 || y.Cols == 0 {
		return
	}
	p := int8Products.Take()
	p.x, p.w, p.y, p.then = x, *w, y, then
	if y.Rows <= thinRows {
		Run(w.Rows, max(4, worthWaking/max(w.Cols, 1)&^3), p.columns)
	} else {
		p.panels(func(w blas32.General, lo, hi int) {
			GemmThen(blas.NoTrans, blas.Trans, 1, x, w, 0, Cols(y, lo, hi), then.columns(lo, hi))
		})
	}
	*p = int8Product{panel: p.panel} // keep nobody's matrices
	int8Products.Give(p)
}

// GemmInt8Back computes dx = dy·w + beta·dx: the way back through [GemmInt8], with its
// promise about bits.
func GemmInt8Back(dy blas32.General, w *Int8, beta float32, dx blas32.General) {
	check(dy)
	check(dx)
	if dy.Cols != w.Rows || dx.Rows != dy.Rows || dx.Cols != w.Cols {
		panic(badInt8)
	}
	if w.Rows == 0 {
		scaleRows(beta, dx)
	}
	p := int8Products.Take()
	p.w = *w
	p.panels(func(w blas32.General, lo, hi int) {
		Gemm(blas.NoTrans, blas.NoTrans, 1, Cols(dy, lo, hi), w, beta, dx)
		beta = 1
	})
	*p = int8Product{panel: p.panel}
	int8Products.Give(p)
}

// worthWaking is how many weights are a piece: 32 KB take some 2 µs to read.
const worthWaking = 32 << 10

var int8Products Shelf[int8Product]

// An int8Product is one call of GemmInt8.
type int8Product struct {
	x, y  blas32.General
	w     Int8
	then  Epilogue
	lo    int       // row of w that is the first of the panel
	panel []float32 // some rows of w as float32, kept for the next call
}

// columns computes columns lo to hi-1 of a y of few rows, four at a time: their
// rows of w are read from memory once, for all rows of x.
func (p *int8Product) columns(lo, hi int) {
	for j := lo; j < hi; {
		together := 4
		if hi-j < 4 {
			together = 1
		}
		for i := range p.y.Rows {
			p.dots(i, j, together)
		}
		j += together
	}
	p.finish(lo, hi)
}

// dots computes one or four neighbouring elements of row i of y.
func (p *int8Product) dots(i, j, together int) {
	x, stride := Row(p.x, i), p.w.Cols
	if together == 1 {
		stride = 0 // the kernel then computes the same one four times
	}
	w := p.w.Data[j*p.w.Cols:][:3*stride+len(x)]
	var sums [4]float32
	n := dotsInt8(&sums, x, w, stride)
	for r := range together {
		sum := sums[r]
		for l, q := range w[r*stride:][:len(x)][n:] {
			sum += float32(float32(q) * x[n+l])
		}
		p.y.Data[i*p.y.Stride+j+r] = sum * p.w.Scale[j+r]
	}
}

// finish does the epilogue for some columns of y.
func (p *int8Product) finish(lo, hi int) {
	e := product{m: p.y.Rows, c: p.y, then: p.then}
	e.finish(0, p.y.Rows, lo, hi)
}

// panelRows is how many rows of w the products of many rows turn into float32 at
// a time.
const panelRows = 512

// panels hands one panel of w after the other to multiply, rows lo to hi-1.
func (p *int8Product) panels(multiply func(w blas32.General, lo, hi int)) {
	if size := min(panelRows, p.w.Rows) * p.w.Cols; len(p.panel) < size {
		p.panel = make([]float32, size)
	}
	for p.lo = 0; p.lo < p.w.Rows; p.lo += panelRows {
		hi := min(p.lo+panelRows, p.w.Rows)
		Run(hi-p.lo, 16, p.fill)
		multiply(View(p.panel, hi-p.lo, p.w.Cols), p.lo, hi)
	}
}

// fill turns rows lo to hi-1 of the panel into float32.
func (p *int8Product) fill(lo, hi int) {
	for i := lo; i < hi; i++ {
		p.w.Row(p.panel[i*p.w.Cols:][:p.w.Cols], p.lo+i)
	}
}
