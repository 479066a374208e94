package classify

func ClassWeights(labels []int, classes int) []float64 {
	counts, present := make([]int, classes), 0
	for _, label := range labels {
		if counts[label] == 0 {
			present++
		}
		counts[label]++
	}
	weights := make([]float64, classes)
	for c, n := range counts {
		if n > 0 {
			weights[c] = float64(len(labels)) / float64(present*n)
		}
	}
	return weights
}
