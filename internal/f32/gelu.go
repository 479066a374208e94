package f32

import "math"

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

// The constants of the exact form. The tail ½·erfc(|x|/√2) is a polynomial in
// t = 1/(1 + p|x|) times e^(-x²/2), within 7.5e-8 (Abramowitz and Stegun 1964,
// 7.1.26; the coefficients are halved, and p divided by √2).
const (
	erfP = 0.3275911 * 0.7071067811865476
	erf1 = 0.254829592 / 2
	erf2 = -0.284496736 / 2
	erf3 = 1.421413741 / 2
	erf4 = -1.453152027 / 2
	erf5 = 1.061405429 / 2

	rootTau = 0.3989422804014327 // 1/√(2π)
)

// ErfGELU sets dst to x times the share of a normal distribution that lies below x,
// element by element. It is branches/bert's GELU, exact where [GELU] is close:
//
//	gelu(x) = ½ x (1 + erf(x/√2)) = max(x, 0) - |x| · ½ erfc(|x|/√2)
//
// dst and x may be the same.
func ErfGELU(dst, x []float32) {
	if len(x) != len(dst) {
		panic(badLengths)
	}
	n := erfGELU(dst, x)
	dst = dst[n:]
	for i, v := range x[n:] {
		tail, _ := normalTail(v)
		relu := v
		if !(v > 0) {
			relu = 0
		}
		dst[i] = relu - float32(magnitude(v)*tail)
	}
}

// ErfGELUBackward sets dx to dy·gelu'(x), element by element: gelu'(x) is the share
// below x plus x·e^(-x²/2)/√(2π). dx may be dy or x.
func ErfGELUBackward(dx, dy, x []float32) {
	if len(dy) != len(dx) || len(x) != len(dx) {
		panic(badLengths)
	}
	n := erfGELUBackward(dx, dy, x)
	dx, dy = dx[n:], dy[n:]
	for i, v := range x[n:] {
		share, bell := normalTail(v)
		if math.Float32bits(v)>>31 == 0 {
			share = 1 - share
		}
		dx[i] = dy[i] * (share + float32(float32(v*rootTau)*bell))
	}
}

// normalTail returns the share of a normal distribution that lies beyond |x| on one
// side, and e^(-x²/2).
func normalTail(x float32) (tail, bell float32) {
	bell = Exp(float32(x*x) * -0.5)
	t := 1 / (1 + float32(magnitude(x)*erfP))
	q := float32(t*erf5) + erf4
	q = float32(q*t) + erf3
	q = float32(q*t) + erf2
	q = float32(q*t) + erf1
	return float32(q*t) * bell, bell
}

// magnitude is |x|.
func magnitude(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }
