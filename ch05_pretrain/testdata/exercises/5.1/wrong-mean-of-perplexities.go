package pretrain

func TextPerplexity(probabilities []float64) float64 {
	var sum float64
	for _, p := range probabilities {
		sum += 1 / p
	}
	return sum / float64(len(probabilities))
}
