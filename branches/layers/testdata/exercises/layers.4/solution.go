package layers

import "math"

// From the share that a pair has kept follow its turns, and from these the context.
func PretrainingContext(plain, scaled []float32, s Scaling) int {
	for i, f := range plain {
		share := float64(scaled[i]) / float64(f)
		keep := (share - 1/s.Factor) / (1 - 1/s.Factor)
		if keep < 0.01 || keep > 0.99 { // it may be rounding
			continue
		}
		turns := s.Low + keep*(s.High-s.Low)
		return int(math.Round(turns * 2 * math.Pi / float64(f)))
	}
	return 0
}
