package toy

import "math"

func Hide(scores []float32, n int) {
	for i := range n {
		for j := i + 1; j <= n; j++ {
			scores[i*n+j] = float32(math.Inf(-1))
		}
	}
}
