package matmul

import "gonum.org/v1/gonum/blas/blas32"

// A tile of c, this many rows and columns, is summed up in registers. Six
// sums, their six products and what one step of the sum reads just fit the
// sixteen that amd64 has; at 4 × 2 the compiler begins to spill, and the
// tile takes twice as long.
const (
	tileRows = 3
	tileCols = 2
)

// Packed copies each block of b, and the columns of a that meet it, into
// the order in which they are used, and sums up one tile of c after
// another.
func Packed(c, a, b blas32.General) {
	packedA := make([][tileRows]float32, panels(c.Rows, tileRows)*blockRows)
	packedB := make([][tileCols]float32, panels(blockCols, tileCols)*blockRows)
	for l := 0; l < a.Cols; l += blockRows {
		depth := min(blockRows, a.Cols-l)
		packRows(packedA, window(a, 0, l, a.Rows, depth))
		for j := 0; j < c.Cols; j += blockCols {
			w := min(blockCols, c.Cols-j)
			packCols(packedB, window(b, l, j, depth, w))
			tiles(window(c, 0, j, c.Rows, w), packedA, packedB, depth)
		}
	}
}

// panels is how many tiles cover so many rows or columns.
func panels(lines, tile int) int { return (lines + tile - 1) / tile }

// packRows copies m in panels of tileRows rows, column after column. What
// is in the rows that the last panel lacks is never used.
func packRows(dst [][tileRows]float32, m blas32.General) {
	for i := range m.Rows {
		panel := dst[i/tileRows*m.Cols:]
		for l, v := range m.Data[i*m.Stride:][:m.Cols] {
			panel[l][i%tileRows] = v
		}
	}
}

// packCols copies m in panels of tileCols columns, row after row.
func packCols(dst [][tileCols]float32, m blas32.General) {
	for l := range m.Rows {
		for j, v := range m.Data[l*m.Stride:][:m.Cols] {
			dst[j/tileCols*m.Rows+l][j%tileCols] = v
		}
	}
}

// tiles adds the product of packed a and b, depth steps of the sum, to c.
func tiles(c blas32.General, a [][tileRows]float32, b [][tileCols]float32, depth int) {
	for j := 0; j < c.Cols; j += tileCols {
		panelB := b[j/tileCols*depth:][:depth]
		for i := 0; i < c.Rows; i += tileRows {
			sums := tile(a[i/tileRows*depth:][:depth], panelB)
			for r := range min(tileRows, c.Rows-i) {
				for s := range min(tileCols, c.Cols-j) {
					c.Data[(i+r)*c.Stride+j+s] += sums[r][s]
				}
			}
		}
	}
}

// tile is the micro-kernel: six sums that grow side by side, so that none
// has to wait for another. A step reads five numbers for its six
// multiplications.
func tile(a [][tileRows]float32, b [][tileCols]float32) [tileRows][tileCols]float32 {
	var c00, c01, c10, c11, c20, c21 float32
	b = b[:len(a)]
	for l := range a {
		x, y := &a[l], &b[l]
		y0, y1 := y[0], y[1]
		c00 += x[0] * y0
		c01 += x[0] * y1
		c10 += x[1] * y0
		c11 += x[1] * y1
		c20 += x[2] * y0
		c21 += x[2] * y1
	}
	return [tileRows][tileCols]float32{{c00, c01}, {c10, c11}, {c20, c21}}
}
