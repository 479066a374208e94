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

var terms Shelf[[]float64]

// SumOf returns f(0) + f(1) + … + f(n-1), added up in this order. They are computed
// grain at a time on all cores: f must be ready to run on several goroutines at
// once.
func SumOf(n, grain int, f func(i int) float64) (sum float64) {
	room := terms.Take()
	defer terms.Give(room)
	*room = slices.Grow((*room)[:0], n)
	each := (*room)[:n]
	Run(n, grain, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			each[i] = f(i)
		}
	})
	for _, v := range each {
		sum += v
	}
	return sum
}

// normPiece is how many elements SquaredNorm sums at once.
const normPiece = 1 << 16

// SquaredNorm returns the sum of x[i]², in float64. The order of the sum is
// fixed: pieces of 65,536 elements, shared out over the cores, in each of them
// sixteen sums of every sixteenth square.
func SquaredNorm(x []float32) float64 {
	pieces := (len(x) + normPiece - 1) / normPiece
	return SumOf(pieces, 1, func(i int) float64 {
		return squaredNorm16(x[i*normPiece : min((i+1)*normPiece, len(x))])
	})
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
	return fold(sums[:])
}

// fold adds up a power of two of sums by halves, in place.
func fold[T float32 | float64](sums []T) T {
	for n := len(sums) / 2; n > 0; n /= 2 {
		for j := range n {
			sums[j] += sums[j+n]
		}
	}
	return sums[0]
}
