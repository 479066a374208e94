//go:build amd64 && !purego

package f32

//go:generate go run -C asm ./thin -out ../thin_amd64.s -stubs ../thin_stub_amd64.go -pkg f32

// As in kernel_amd64.go, the functions below do the leading elements and return
// how many those were.

func addRows(alpha *[4]float32, x []float32, stride int, y []float32) int {
	n := leading(y)
	if n > 0 {
		_ = x[3*stride+n-1]
		addRowsAVX2(n, &alpha[0], &x[0], stride, &y[0])
	}
	return n
}

func dotsInt8(x []float32, w []int8, stride int) (sums [4]float32, n int) {
	n = leading(x)
	if n > 0 {
		_ = w[3*stride+n-1]
		dotsInt8AVX2(n, &x[0], &w[0], stride, &sums[0])
	}
	return sums, n
}

func fromInt8(dst []float32, scale float32, q []int8) int {
	n := leading(dst)
	if n > 0 {
		fromInt8AVX2(n, scale, &q[0], &dst[0])
	}
	return n
}
