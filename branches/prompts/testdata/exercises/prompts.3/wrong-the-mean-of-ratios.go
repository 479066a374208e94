package prompts

// Whatever a model answers to nothing is no evidence.
func CalibratedAnswer(p []float64, nothing [][]float64) int {
	best, most := 0, 0.0
	for i := range p {
		ratio := 0.0
		for _, q := range nothing {
			ratio += p[i] / q[i]
		}
		if ratio > most+1e-9 {
			best, most = i, ratio
		}
	}
	return best
}
