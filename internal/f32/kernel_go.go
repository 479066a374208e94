package f32

import "unsafe"

// portable is the kernel in plain Go, for processors without one of their own. A
// tile of 2×4 is as much as the sixteen registers of amd64 hold with its operands.
var portable = &kernel{
	name:     "Go",
	a:        side{width: 2, copy: func(k int, src *float32, stride int, dst *float32) { copyGo(2, k, src, stride, dst) }},
	b:        side{width: 4, copy: func(k int, src *float32, stride int, dst *float32) { copyGo(4, k, src, stride, dst) }},
	turn:     turnGo,
	multiply: multiplyGo,
}

func multiplyGo(rows, cols, k int, a, b, c *float32, stride int, alpha, beta float32) {
	x, y := unsafe.Slice(a, 2*k), unsafe.Slice(b, 4*k)
	var c0, c1, c2, c3, d0, d1, d2, d3 float32
	for len(x) >= 2 && len(y) >= 4 {
		x0, x1 := x[0], x[1]
		y0, y1, y2, y3 := y[0], y[1], y[2], y[3]
		c0 += x0 * y0
		c1 += x0 * y1
		c2 += x0 * y2
		c3 += x0 * y3
		d0 += x1 * y0
		d1 += x1 * y1
		d2 += x1 * y2
		d3 += x1 * y3
		x, y = x[2:], y[4:]
	}
	tile := [2 * 4]float32{
		alpha * c0, alpha * c1, alpha * c2, alpha * c3,
		alpha * d0, alpha * d1, alpha * d2, alpha * d3,
	}
	mergeTile(rows, cols, tile[:], 4, c, stride, beta)
}

// copyGo copies width elements of each of k rows; see copy6AVX2.
func copyGo(width, k int, src *float32, stride int, dst *float32) {
	from, to := unsafe.Slice(src, (k-1)*stride+width), unsafe.Slice(dst, k*width)
	for step := range k {
		copy(to[step*width:][:width], from[step*stride:])
	}
}

// turnGo transposes up to turned rows of k elements; see turn8AVX2.
func turnGo(k, rows int, src *float32, stride int, dst *float32, width int) {
	rows = min(rows, turned)
	from, to := unsafe.Slice(src, (rows-1)*stride+k), unsafe.Slice(dst, (k-1)*width+rows)
	for i := range rows {
		for step, v := range from[i*stride:][:k] {
			to[step*width+i] = v
		}
	}
}
