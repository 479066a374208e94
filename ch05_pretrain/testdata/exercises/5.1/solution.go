package pretrain

import "math"

func TextPerplexity(probabilities []float64) float64 {
	var loss float64
	for _, p := range probabilities {
		loss -= math.Log(p)
	}
	return Perplexity(loss / float64(len(probabilities)))
}
