package matmul

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// Gemm computes c = alpha·op(a)·op(b) + beta·c with the step, so that it can
// stand in for f32.Gemm in a training step. Transposed operands are copied.
func (step Step) Gemm(tA, tB blas.Transpose, alpha float32, a, b blas32.General, beta float32, c blas32.General) {
	for i := range c.Rows {
		row := c.Data[i*c.Stride:][:c.Cols]
		for j := range row {
			if beta == 0 {
				row[j] = 0
			}
			row[j] *= beta
		}
	}
	step(c, operand(tA, alpha, a), operand(tB, 1, b))
}

// operand is factor·op(m), a copy unless that is m itself.
func operand(t blas.Transpose, factor float32, m blas32.General) blas32.General {
	if t == blas.NoTrans && factor == 1 {
		return m
	}
	rows, cols, down, right := m.Rows, m.Cols, m.Stride, 1
	if t != blas.NoTrans {
		rows, cols, down, right = cols, rows, right, down
	}
	o := blas32.General{Rows: rows, Cols: cols, Stride: cols, Data: make([]float32, rows*cols)}
	for i := range rows {
		for j := range cols {
			o.Data[i*cols+j] = factor * m.Data[i*down+j*right]
		}
	}
	return o
}
