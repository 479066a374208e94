//go:build (amd64 || arm64) && !purego

package f32

// What the assembly does for vectors, on AVX2 and NEON alike: the leading elements,
// as many as fill whole registers or, on arm64, pairs of them. It returns how many
// those were, none on an amd64 without AVX2; the functions that call it do the last few.

// dot returns the dot product.
//
//go:noescape
func dot(x, y []float32) (s float32, n int)

// sum returns the sum.
//
//go:noescape
func sum(x []float32) (s float32, n int)

// maximum returns the maximum, NaN if an element is NaN, negative infinity of none.
//
//go:noescape
func maximum(x []float32) (m float32, n int)

// axpy adds alpha·x to y.
//
//go:noescape
func axpy(alpha float32, x, y []float32) (n int)

// add adds x to dst.
//
//go:noescape
func add(dst, x []float32) (n int)

// scale multiplies x by alpha.
//
//go:noescape
func scale(alpha float32, x []float32) (n int)

// expShifted sets dst to Exp(x-shift) and returns the sum.
//
//go:noescape
func expShifted(dst, x []float32, shift float32) (s float32, n int)

// mul sets dst to x·y.
//
//go:noescape
func mul(dst, x, y []float32) (n int)

// mulAdd adds x·y to dst.
//
//go:noescape
func mulAdd(dst, x, y []float32) (n int)

// shift sets dst to x+by.
//
//go:noescape
func shift(dst, x []float32, by float32) (n int)

// addFour adds four rows of x, which begin stride elements apart, to dst one after
// the other.
//
//go:noescape
func addFour(dst, x []float32, stride int) (n int)

// squaredNorm sets sums[j] to the sum of the squares of elements j, j+16, j+32 and
// so on, when there are any.
//
//go:noescape
func squaredNorm(sums *[16]float64, x []float32) (n int)

// sumExp returns the sum of Exp(x-shift).
//
//go:noescape
func sumExp(x []float32, shift float32) (s float32, n int)

// gelu sets dst to gelu(x).
//
//go:noescape
func gelu(dst, x []float32) (n int)

// geluBackward sets dx to dy·gelu'(x).
//
//go:noescape
func geluBackward(dx, dy, x []float32) (n int)

// addRows adds to y the four rows of x, stride apart, each times its element of
// alpha, one after the other.
//
//go:noescape
func addRows(alpha *[4]float32, x []float32, stride int, y []float32) (n int)

// dotsInt8 sets sums to the dot products of x with four rows of w, stride apart, if
// there are any.
//
//go:noescape
func dotsInt8(sums *[4]float32, x []float32, w []int8, stride int) (n int)

// fromInt8 sets dst to scale·q.
//
//go:noescape
func fromInt8(dst []float32, scale float32, q []int8) (n int)

// multiply6x16 sets the 6×16 tile at c, whose rows are stride apart, to
// alpha·a·b + beta·c, where a holds k columns of 6 elements and b k rows of 16.
// With beta 0 it does not read c.
//
//go:noescape
func multiply6x16(k int, a, b, c *float32, stride int, alpha, beta float32)

// multiplyTile6x16 computes the tiles at the edges of c aside, because
// multiply6x16, of AVX2 and of NEON, knows only whole ones.
func multiplyTile6x16(rows, cols, k int, a, b, c *float32, stride int, alpha, beta float32) {
	if rows == 6 && cols == 16 {
		multiply6x16(k, a, b, c, stride, alpha, beta)
		return
	}
	var tile [6 * 16]float32
	multiply6x16(k, a, b, &tile[0], 16, alpha, 0)
	mergeTile(rows, cols, tile[:], 16, c, stride, beta)
}
