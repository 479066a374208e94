//go:build !purego

package f32

// As in kernel_arm64.go, the functions below do the leading elements and return
// how many those were.

func addRows(alpha *[4]float32, x []float32, stride int, y []float32) int {
	n := len(y) &^ 7
	if n > 0 {
		_ = x[3*stride+n-1]
		addRowsNEON(n, &alpha[0], &x[0], stride, &y[0])
	}
	return n
}

func dotsInt8(x []float32, w []int8, stride int) (sums [4]float32, n int) {
	n = len(x) &^ 7
	if n > 0 {
		_ = w[3*stride+n-1]
		dotsInt8NEON(n, &x[0], &w[0], stride, &sums[0])
	}
	return sums, n
}

// addRowsNEON adds to y the four rows of x, stride apart, each times its element
// of alpha, one after the other, for n elements, a multiple of 8 and not 0.
//
//go:noescape
func addRowsNEON(n int, alpha, x *float32, stride int, y *float32)

// dotsInt8NEON sets sums to the dot products of x with four rows of w, stride
// apart, for n elements, a multiple of 8 and not 0.
//
//go:noescape
func dotsInt8NEON(n int, x *float32, w *int8, stride int, sums *float32)

//go:noescape
func fromInt8(dst []float32, scale float32, q []int8) int
