package prompts

// Whatever a model answers to nothing is no evidence.
func CalibratedAnswer(p []float64, nothing [][]float64) int {
	best, most := 0, 0.0
	for i := range p {
		prior := 0.0
		for _, q := range nothing {
			prior += q[i] / float64(len(nothing))
		}
		if ratio := p[i] / prior; ratio > most-1e-9 {
			best, most = i, ratio
		}
	}
	return best
}
