package f32

import "math"

var posInf = float32(math.Inf(1))

const (
	expMax  = 88.72283  // e**x overflows above
	expMin  = -87.33654 // e**x is subnormal below and taken for zero
	tanhOne = 9.02      // from here on the hyperbolic tangent rounds to 1

	log2e    = 1.44269504
	ln2High  = 0.693359375 // ln 2 in two parts, so that n·ln2High is exact
	ln2Low   = -2.12194440e-4
	rounding = 3 << 22 // a float32 this large has no fraction bits left

	expP0 = 1.9875691500e-4
	expP1 = 1.3981999507e-3
	expP2 = 8.3334519073e-3
	expP3 = 4.1665795894e-2
	expP4 = 1.6666665459e-1
	expP5 = 5.0000001201e-1
)

// reduce splits x into n·ln 2 + r with |r| ≤ ln 2 / 2 and returns q = e^r - 1 and
// a word whose last nine bits are n's. The polynomial is that of expf in
// Moshier's Cephes library.
//
// Every product is rounded on its own, float32(x*y) where a sum follows, or the
// compiler would fuse the two on some machines: so all give the same bits.
func reduce(x float32) (n uint32, q float32) {
	shifted := float32(x*log2e) + rounding
	whole := shifted - rounding
	r := x - float32(whole*ln2High)
	r -= float32(whole * ln2Low)
	p := float32(expP0*r) + expP1
	p = float32(p*r) + expP2
	p = float32(p*r) + expP3
	p = float32(p*r) + expP4
	p = float32(p*r) + expP5
	return math.Float32bits(shifted), float32(p*float32(r*r)) + r
}

// Exp returns e**x within a unit in the last place: 0 where that is below the
// smallest normal number, +Inf where it is too large, NaN for NaN. The bits are
// the same on every machine. It takes less than half the time of math.Exp.
func Exp(x float32) float32 {
	if !(x >= expMin) { // true for NaN
		if x < expMin {
			return 0
		}
		return x
	}
	if x > expMax {
		return posInf
	}
	n, q := reduce(x)
	return math.Float32frombits(math.Float32bits(q+1) + n<<23) // (q+1) · 2ⁿ
}

// Tanh returns the hyperbolic tangent of x within 2.5 units in the last place;
// NaN for NaN. The bits are the same on every machine.
//
// It is E/(E+2) where E = e**2|x| - 1, which is computed as 2ⁿ·(e^r - 1) + (2ⁿ - 1)
// so that nothing cancels. There is one path for all x, because to guess wrong
// which of two to take costs as much as the whole of it.
func Tanh(x float32) float32 {
	bits := math.Float32bits(x)
	sign := bits & (1 << 31)
	x = math.Float32frombits(bits ^ sign)
	if x > tanhOne {
		x = tanhOne
	}
	x += x
	n, q := reduce(x)
	power := math.Float32frombits(n<<23 + 127<<23) // 2ⁿ
	e := float32(power*q) + (power - 1)
	return math.Float32frombits(math.Float32bits(e/(e+2)) | sign)
}

// ExpShifted sets dst[i] to Exp(x[i]-shift) and returns the sum of dst: the
// core of a softmax, where shift is the largest x. dst and x may be the same.
func ExpShifted(dst, x []float32, shift float32) float32 {
	if len(x) != len(dst) {
		panic(badLengths)
	}
	sum, n := expShifted(dst, x, shift)
	dst = dst[n:]
	for i, v := range x[n:] {
		e := Exp(v - shift)
		dst[i] = e
		sum += e
	}
	return sum
}

// SumExp returns the sum of Exp(x[i]-shift). It adds in one order everywhere,
// that of the kernels of [ExpShifted].
func SumExp(x []float32, shift float32) float32 {
	sum, n := sumExp(x, shift)
	for _, v := range x[n:] {
		sum += Exp(v - shift)
	}
	return sum
}

// Sigmoid sets dst to 1/(1+Exp(-x)), element by element. dst may be x.
func Sigmoid(dst, x []float32) {
	if len(x) != len(dst) {
		panic(badLengths)
	}
	n := sigmoid(dst, x)
	dst = dst[n:]
	for i, v := range x[n:] {
		dst[i] = -v
	}
	ExpShifted(dst, dst, 0)
	for i, e := range dst {
		dst[i] = 1 / (1 + e)
	}
}
