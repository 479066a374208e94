package f32

import (
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
// NaNs too; a NaN or infinity in a or b reaches c. The result does not depend on
// the number of cores. c must not share elements with a or b.
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
	multiply(tA, tB, m, n, k, alpha, a, b, beta, c)
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
