//go:build !purego

package f32

// Every arm64 processor has NEON's registers of four float32s, so that nothing
// is chosen at run time. The assembly is short enough to be written by hand.

// kernels returns those that run on this processor, the fastest first.
func kernels() []*kernel {
	return []*kernel{{
		name:     "NEON",
		a:        side{width: 6, copy: copy6},
		b:        side{width: 16, copy: copy16},
		turn:     turn8,
		multiply: multiplyTile6x16,
	}}
}

// multiply6x16 sets the 6×16 tile at c, whose rows are stride apart, to
// alpha·a·b + beta·c, where a holds k columns of 6 elements and b k rows of 16.
// With beta 0 it does not read c.
//
//go:noescape
func multiply6x16(k int, a, b, c *float32, stride int, alpha, beta float32)

// copy6 copies 6 elements of each of k rows, stride apart in src, to dst, where
// they follow one another.
//
//go:noescape
func copy6(k int, src *float32, stride int, dst *float32)

// copy16 copies 16 elements of each of k rows, stride apart in src, to dst,
// where they follow one another.
//
//go:noescape
func copy16(k int, src *float32, stride int, dst *float32)

// turn8 transposes 8 rows of src, stride apart, of k elements, a multiple of 8:
// dst gets k rows of 8, width apart, written in order. Only the first of the
// rows are read; the last of them stands in for those that are missing.
//
//go:noescape
func turn8(k, rows int, src *float32, stride int, dst *float32, width int)

// The functions below do the leading elements of a vector, as many as fill pairs
// of registers, and return how many those were; the functions that call them do the
// last few.

//go:noescape
func axpy(alpha float32, x, y []float32) int

//go:noescape
func add(dst, x []float32) int

//go:noescape
func scale(alpha float32, x []float32) int

//go:noescape
func dot(x, y []float32) (s float32, n int)

//go:noescape
func sum(x []float32) (s float32, n int)

//go:noescape
func maximum(x []float32) (m float32, n int)

//go:noescape
func expShifted(dst, x []float32, shift float32) (s float32, n int)

//go:noescape
func adamW(a *AdamW, p, g, m, v []float32) int

//go:noescape
func mul(dst, x, y []float32) int

//go:noescape
func mulAdd(dst, x, y []float32) int

//go:noescape
func shift(dst, x []float32, by float32) int

//go:noescape
func addFour(dst, x []float32, stride int) int

//go:noescape
func squaredNorm(sums *[16]float64, x []float32) int

//go:noescape
func sumExp(x []float32, shift float32) (s float32, n int)

//go:noescape
func gelu(dst, x []float32) int

//go:noescape
func geluBackward(dx, dy, x []float32) int

// addRows adds to y the four rows of x, stride apart, each times its element of
// alpha, one after the other.
//
//go:noescape
func addRows(alpha *[4]float32, x []float32, stride int, y []float32) int

// dotsInt8 sets sums to the dot products of x with four rows of w, stride apart, if
// there are any.
//
//go:noescape
func dotsInt8(sums *[4]float32, x []float32, w []int8, stride int) int

//go:noescape
func fromInt8(dst []float32, scale float32, q []int8) int
