package f32

const badLengths = "f32: vectors of different lengths"

// Dot returns the sum of x[i]·y[i].
func Dot(x, y []float32) float32 {
	if len(x) != len(y) {
		panic(badLengths)
	}
	s0, n := dot(x, y)
	x, y = x[n:], y[n:]
	var s1, s2, s3 float32
	for len(x) >= 4 && len(y) >= 4 {
		s0 += float32(x[0] * y[0])
		s1 += float32(x[1] * y[1])
		s2 += float32(x[2] * y[2])
		s3 += float32(x[3] * y[3])
		x, y = x[4:], y[4:]
	}
	for i, v := range x {
		s0 += float32(v * y[i])
	}
	return (s0 + s1) + (s2 + s3)
}

// Axpy adds alpha·x to y.
func Axpy(alpha float32, x, y []float32) {
	if len(x) != len(y) {
		panic(badLengths)
	}
	n := axpy(alpha, x, y)
	y = y[n:]
	for i, v := range x[n:] {
		y[i] += float32(alpha * v) // rounded, not fused: the bits of the kernels
	}
}

// Add adds x to dst.
func Add(dst, x []float32) {
	if len(x) != len(dst) {
		panic(badLengths)
	}
	n := add(dst, x)
	dst = dst[n:]
	for i, v := range x[n:] {
		dst[i] += v
	}
}

// Mul sets dst to x·y, element by element. dst may be x or y.
func Mul(dst, x, y []float32) {
	if len(x) != len(dst) || len(y) != len(dst) {
		panic(badLengths)
	}
	n := mul(dst, x, y)
	dst, y = dst[n:], y[n:]
	for i, v := range x[n:] {
		dst[i] = v * y[i]
	}
}

// MulAdd adds x·y, element by element, to dst.
func MulAdd(dst, x, y []float32) {
	if len(x) != len(dst) || len(y) != len(dst) {
		panic(badLengths)
	}
	n := mulAdd(dst, x, y)
	dst, y = dst[n:], y[n:]
	for i, v := range x[n:] {
		dst[i] += float32(v * y[i]) // rounded, as in Axpy
	}
}

// Shift sets dst to x + by. dst may be x.
func Shift(dst, x []float32, by float32) {
	if len(x) != len(dst) {
		panic(badLengths)
	}
	n := shift(dst, x, by)
	dst = dst[n:]
	for i, v := range x[n:] {
		dst[i] = v + by
	}
}

// Scale multiplies x by alpha.
func Scale(alpha float32, x []float32) {
	x = x[scale(alpha, x):]
	for i := range x {
		x[i] *= alpha
	}
}

// Sum returns the sum of x.
func Sum(x []float32) float32 {
	s0, n := sum(x)
	x = x[n:]
	var s1, s2, s3 float32
	for len(x) >= 4 {
		s0 += x[0]
		s1 += x[1]
		s2 += x[2]
		s3 += x[3]
		x = x[4:]
	}
	for _, v := range x {
		s0 += v
	}
	return (s0 + s1) + (s2 + s3)
}

// Max returns the largest element of x, negative infinity when x is empty, NaN
// when x holds one.
func Max(x []float32) float32 {
	m0, n := maximum(x)
	x = x[n:]
	m1, m2, m3 := m0, m0, m0
	for len(x) >= 4 {
		m0, m1, m2, m3 = max(m0, x[0]), max(m1, x[1]), max(m2, x[2]), max(m3, x[3])
		x = x[4:]
	}
	for _, v := range x {
		m0 = max(m0, v)
	}
	return max(m0, m1, m2, m3)
}
