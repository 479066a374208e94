package attention

import "math/rand/v2"

// DropoutMask fills mask with independent factors: 0 with probability p, and
// 1/(1-p) otherwise, so that what is multiplied by it keeps its mean
// (Srivastava et al. 2014, in the "inverted" form that leaves inference alone).
func DropoutMask(mask []float32, p float32, rng *rand.Rand) {
	keep := 1 / (1 - p)
	for i := range mask {
		mask[i] = 0
		if rng.Float32() >= p {
			mask[i] = keep
		}
	}
}

// Dropout sets y to x with every element multiplied by its factor in mask. The
// backward pass is the same multiplication: dx = dy·mask. y may be x.
func Dropout(y, x, mask []float32) {
	for i, m := range mask {
		y[i] = x[i] * m
	}
}
