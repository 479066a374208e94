package f32

import (
	"slices"

	"gonum.org/v1/gonum/blas/blas32"
)

// SumRows adds every row of m to dst, one after the other: the gradient of a
// bias is the sum over the rows that it was added to.
func SumRows(dst []float32, m blas32.General) {
	if len(dst) != m.Cols {
		panic(badLengths)
	}
	Run(m.Cols, rowSumCols, func(lo, hi int) { sumColumns(dst[lo:hi], Cols(m, lo, hi)) })
}

// rowSumCols is how many columns one core sums at a time: a row's part is long
// enough to be fetched ahead, and few columns still keep all cores busy.
const rowSumCols = 128

// sumColumns is [SumRows] for some columns.
func sumColumns(dst []float32, m blas32.General) {
	for ; m.Rows >= 4; m = window(m, 4, m.Rows, 0, m.Cols) {
		n := addFour(dst, m.Data, m.Stride)
		for i := range 4 {
			Add(dst[n:], Row(m, i)[n:])
		}
	}
	for i := range m.Rows {
		Add(dst, Row(m, i))
	}
}

// normPiece is how many elements SquaredNorm sums at once.
const normPiece = 1 << 16

var squareSums Shelf[[]float64]

// SquaredNorm returns the sum of x[i]², in float64. The order of the sum is
// fixed: pieces of 65,536 elements, shared out over the cores, in each of them
// sixteen sums of every sixteenth square.
func SquaredNorm(x []float32) float64 {
	if len(x) <= normPiece {
		return squaredNorm16(x)
	}
	room := squareSums.Take()
	defer squareSums.Give(room)
	count := (len(x)-1)/normPiece + 1
	*room = slices.Grow((*room)[:0], count)
	pieces := (*room)[:count]
	Run(len(x), normPiece, func(lo, hi int) { pieces[lo/normPiece] = squaredNorm16(x[lo:hi]) })
	var sum float64
	for _, s := range pieces {
		sum += s
	}
	return sum
}

// squaredNorm16 is one piece of [SquaredNorm]. A float32's square is exact in
// float64, so that it makes no difference whether it is fused with the sum.
func squaredNorm16(x []float32) float64 {
	var sums [16]float64
	x = x[squaredNorm(&sums, x):]
	for ; len(x) > 0; x = x[min(16, len(x)):] {
		for j, v := range x[:min(16, len(x))] {
			sums[j] += float64(v) * float64(v)
		}
	}
	for n := 8; n > 0; n /= 2 {
		for j := range n {
			sums[j] += sums[j+n]
		}
	}
	return sums[0]
}
