package pretrain

func TextPerplexity(probabilities []float64) float64 {
	var sum float64
	for _, p := range probabilities {
		sum += p
	}
	return float64(len(probabilities)) / sum
}
