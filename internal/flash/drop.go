package flash

import "math/rand/v2"

// drawFactors fills mask with the factors that chapter 3's Dropout.Factors draws
// from the same generator: 0 for a share p of them, 1/(1-p) for the others.
func drawFactors(mask []float32, p float32, rng *rand.PCG) {
	const steps = 1 << 16
	dropped := uint64(p*steps + 0.5)
	factors := [2]float32{steps / float32(steps-dropped), 0}
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
