package f32

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// A piece of this size is the largest for which gonum's product neither starts
// goroutines nor allocates.
const gonumRows, gonumCols = 64, 192

// generic computes rows [i0,i1) and columns [j0,j1) of the product with gonum:
// on processors for which there is no kernel. gonum skips the zeros of op(a), so
// that here 0·NaN is 0.
func (p *product) generic(i0, i1, j0, j1 int) {
	a, b := i0*p.a.Stride, j0
	if p.tA != blas.NoTrans {
		a = i0
	}
	if p.tB != blas.NoTrans {
		b = j0 * p.b.Stride
	}
	gonum.Implementation{}.Sgemm(p.tA, p.tB, i1-i0, j1-j0, p.k,
		p.alpha, p.a.Data[a:], p.a.Stride, p.b.Data[b:], p.b.Stride,
		p.beta, p.c.Data[i0*p.c.Stride+j0:], p.c.Stride)
}
