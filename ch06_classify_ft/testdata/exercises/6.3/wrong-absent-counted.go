package classify

func ClassWeights(labels []int, classes int) []float64 {
	counts := make([]int, classes)
	for _, label := range labels {
		counts[label]++
	}
	weights := make([]float64, classes)
	for c, n := range counts {
		if n > 0 {
			weights[c] = float64(len(labels)) / float64(classes*n)
		}
	}
	return weights
}
