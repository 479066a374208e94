package matmul

import "gonum.org/v1/gonum/blas/blas32"

// A block of b of this size is 256 KB: it stays in the second-level cache
// while all rows of a and c pass by. So many columns of one row of c, 4
// KB, stay in the first.
const (
	blockRows = 64
	blockCols = 1024
)

// Blocked does what Reordered does, for one block of b after another.
func Blocked(c, a, b blas32.General) { Blocks(c, a, b, Reordered) }

// Blocks cuts a product into smaller ones, each with one block of b.
func Blocks(c, a, b blas32.General, step Step) {
	for j := 0; j < c.Cols; j += blockCols {
		w := min(blockCols, c.Cols-j)
		for l := 0; l < a.Cols; l += blockRows {
			h := min(blockRows, a.Cols-l)
			block := window(b, l, j, h, w)
			step(window(c, 0, j, c.Rows, w), window(a, 0, l, a.Rows, h), block)
		}
	}
}

// window is the rows × cols elements of m from row i, column j on.
func window(m blas32.General, i, j, rows, cols int) blas32.General {
	w := blas32.General{Rows: rows, Cols: cols, Stride: m.Stride}
	if rows > 0 {
		w.Data = m.Data[i*m.Stride+j:]
	}
	return w
}
