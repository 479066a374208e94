package pretrain

import "math"

func TextPerplexity(probabilities []float64) float64 {
	if len(probabilities) == 0 {
		return math.NaN()
	}
	product := 1.0
	for _, p := range probabilities {
		product *= p
	}
	return math.Pow(1/product, 1/float64(len(probabilities)))
}
