package f32

import "gonum.org/v1/gonum/blas"

const (
	thinRows = 6    // rows of c up to which packing b costs more than it saves
	thinCols = 4096 // elements of a row of c that stay in the first-level cache
)

// thin computes a part of c when it has few rows, as in generation, where each
// element of b is used but once or twice: b is read in its own order.
func (p *product) thin(i0, i1, j0, j1 int) {
	if p.tB != blas.NoTrans {
		p.thinDot(i0, i1, j0, j1)
	} else {
		p.thinSum(i0, i1, j0, j1)
	}
	p.finish(i0, i1, j0, j1)
}

func (p *product) thinSum(i0, i1, j0, j1 int) {
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
