package attention

import "math/rand/v2"

// DropoutMask fills mask with independent factors: 0 with probability p, and
// 1/(1-p) otherwise, so that what is multiplied by it keeps its mean
// (Srivastava et al. 2014, in the "inverted" form that leaves inference alone).
// The 64 bits of one random number decide about four factors, so p is rounded
// to a multiple of 1/65536.
func DropoutMask(mask []float32, p float32, rng rand.Source) {
	const steps = 1 << 16
	dropped := uint64(p*steps + 0.5)
	keep := steps / float32(steps-dropped)
	factors := [2]float32{keep, 0}
	var bits uint64
	for i := range mask {
		if i%4 == 0 {
			bits = rng.Uint64()
		}
		// The difference is negative, its first bit 1, for a share p of all draws:
		// an if here would be guessed wrong as often.
		mask[i] = factors[(bits%steps-dropped)>>63]
		bits >>= 16
	}
}

// Dropout sets y to x with every element multiplied by its factor in mask. The
// backward pass is the same multiplication: dx = dy·mask. y may be x.
func Dropout(y, x, mask []float32) {
	for i, m := range mask {
		y[i] = x[i] * m
	}
}
