package f32

// The constants of GELU's tanh form; chapter 4 says what it is for.
const (
	geluScale = 0.7978845608028654 // √(2/π)
	geluCubic = 0.044715
)

// GELU sets dst to gelu(x), element by element:
//
//	gelu(x) = ½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))
//
// dst and x may be the same. It has the bits of chapter 4's GELU.
func GELU(dst, x []float32) {
	if len(x) != len(dst) {
		panic(badLengths)
	}
	n := gelu(dst, x)
	dst = dst[n:]
	for i, v := range x[n:] {
		dst[i] = 0.5 * v * (1 + geluTanh(v))
	}
}

// GELUBackward sets dx to dy·gelu'(x), element by element. With t the tanh in
// gelu(x):
//
//	gelu'(x) = ½ (1 + t) + ½ x (1 - t²) √(2/π) (1 + 3·0.044715 x²)
//
// dx may be dy or x. It has the bits of chapter 4's GELUSlope.
func GELUBackward(dx, dy, x []float32) {
	if len(dy) != len(dx) || len(x) != len(dx) {
		panic(badLengths)
	}
	n := geluBackward(dx, dy, x)
	dx, dy = dx[n:], dy[n:]
	for i, v := range x[n:] {
		t := geluTanh(v)
		slope := float32(0.5*(1+t)) + float32(0.5*v*(1-float32(t*t))*geluScale*(1+float32(3*geluCubic*v*v)))
		dx[i] = dy[i] * slope
	}
}

func geluTanh(x float32) float32 {
	return Tanh(geluScale * (x + float32(geluCubic*x*x*x)))
}
