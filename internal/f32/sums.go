package f32

import "gonum.org/v1/gonum/blas/blas32"

// SumRows adds every row of m to dst, one after the other: the gradient of a
// bias is the sum over the rows that it was added to.
func SumRows(dst []float32, m blas32.General) {
	if len(dst) != m.Cols {
		panic(badLengths)
	}
	w := rowSums.Take()
	defer rowSums.Give(w)
	*w = rowSum{dst, m}
	Run(m.Cols, rowSumCols, w)
	*w = rowSum{}
}

// rowSumCols is how many columns one core sums at a time: a row's part is long
// enough to be fetched ahead, and few columns still keep all cores busy.
const rowSumCols = 128

var rowSums Shelf[rowSum]

type rowSum struct {
	dst []float32
	m   blas32.General
}

// Do sums the columns [lo,hi).
func (w *rowSum) Do(lo, hi int) {
	dst, m := w.dst[lo:hi], window(w.m, 0, w.m.Rows, lo, hi)
	for ; m.Rows >= 4; m = window(m, 4, m.Rows, 0, m.Cols) {
		n := addFour(dst, m)
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

var squareSums Shelf[squareSum]

type squareSum struct {
	x      []float32
	pieces []float64
}

// SquaredNorm returns the sum of x[i]², in float64. The order of the sum is
// fixed: pieces of 65,536 elements, shared out over the cores, in each of them
// sixteen sums of every sixteenth square.
func SquaredNorm(x []float32) float64 {
	if len(x) <= normPiece {
		return squaredNorm16(x)
	}
	w := squareSums.Take()
	defer squareSums.Give(w)
	count := (len(x)-1)/normPiece + 1
	if cap(w.pieces) < count {
		w.pieces = make([]float64, count)
	}
	w.x, w.pieces = x, w.pieces[:count]
	Run(len(x), normPiece, w)
	w.x = nil
	var sum float64
	for _, s := range w.pieces {
		sum += s
	}
	return sum
}

// Do sums the piece [lo,hi).
func (w *squareSum) Do(lo, hi int) { w.pieces[lo/normPiece] = squaredNorm16(w.x[lo:hi]) }

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
