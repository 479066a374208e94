package toy

func Hide(scores []float32, n int) {
	for i := range n {
		for j := i + 1; j < n; j++ {
			scores[i*n+j] = 0
		}
	}
}
