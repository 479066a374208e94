package f32

import (
	"runtime"

	"gonum.org/v1/gonum/blas"
)

const (
	thinRows = 6    // rows of c up to which packing b costs more than it saves
	thinCols = 4096 // elements of a row of c that stay in the first-level cache
)

// thinly computes the product when c has few rows, as in generation, where each
// element of b is used but once or twice: b is read in its own order.
func (p *product) thinly(procs int) {
	if p.n*p.k >= worthReading && !crew.busy.Load() {
		procs = runtime.GOMAXPROCS(0)
	}
	p.down, p.across = 1, (p.n-1)/thinCols+1
	if procs > 1 {
		p.across = max(p.across, min(procs, (p.n-1)/64+1), min(4*procs, p.n/stretch))
	}
	p.share(procs, p.across, (*product).thin)
}

// Of b as many elements are read by several cores even if they are multiplied
// but once: memory brings them in some 20 µs to one.
const worthReading = 1 << 17

// Where there is a choice, a piece is no narrower: from memory, long stretches of
// a row come faster than short ones.
const stretch = 384

// thin computes ranges lo to hi-1 of the columns of c.
func (p *product) thin(lo, hi int) {
	for i := lo; i < hi; i++ {
		j0, j1 := span(i, p.across, p.n, 64), span(i+1, p.across, p.n, 64)
		if p.tB != blas.NoTrans {
			p.thinDot(j0, j1)
		} else {
			p.thinSum(j0, j1)
		}
		p.finish(0, p.m, j0, j1)
	}
}

// thinSum adds up rows of b, four in one pass over c. All rows of c are done with
// four rows of b before the next four, so that those come from memory once.
func (p *product) thinSum(j0, j1 int) {
	scaleRows(p.beta, window(p.c, 0, p.m, j0, j1))
	for l := 0; l < p.k; l += 4 {
		b := p.b.Data[l*p.b.Stride+j0:]
		for i := range p.m {
			var alpha [4]float32
			steps := min(4, p.k-l)
			for r := range steps {
				alpha[r] = p.alpha * p.element(i, l+r)
			}
			weighRows(alpha[:steps], b, p.b.Stride, Row(p.c, i)[j0:j1])
		}
	}
}

// element returns op(a)[i,l].
func (p *product) element(i, l int) float32 {
	if p.tA != blas.NoTrans {
		i, l = l, i
	}
	return p.a.Data[i*p.a.Stride+l]
}

// weighRows adds to y the rows of x, stride apart, each times its element of
// alpha, which has four at most.
func weighRows(alpha []float32, x []float32, stride int, y []float32) {
	n := 0
	if len(alpha) == 4 {
		n = addRows((*[4]float32)(alpha), x[:3*stride+len(y)], stride, y)
	}
	if n == len(y) {
		return
	}
	for r, v := range alpha {
		Axpy(v, x[r*stride+n:][:len(y)-n], y[n:])
	}
}

func (p *product) thinDot(j0, j1 int) {
	for j := j0; j < j1; j++ {
		b := p.b.Data[j*p.b.Stride:][:p.k]
		for i := range p.m {
			c := &p.c.Data[i*p.c.Stride+j]
			v := float32(p.alpha * Dot(p.a.Data[i*p.a.Stride:][:p.k], b))
			if p.beta != 0 {
				v += float32(p.beta * *c) // rounded, as everywhere
			}
			*c = v
		}
	}
}
