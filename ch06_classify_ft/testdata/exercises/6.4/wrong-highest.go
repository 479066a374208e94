package classify

import (
	"math"
)

func Threshold(spam []float64, labels []int, most float64) float64 {
	ham := 0
	for _, label := range labels {
		ham += 1 - label
	}
	lowest := math.Inf(-1)
	for _, p := range spam {
		lost := 0
		for i, q := range spam {
			if labels[i] == 0 && q >= p {
				lost++
			}
		}
		if float64(lost) <= most*float64(ham) {
			lowest = max(lowest, p)
		}
	}
	return lowest
}
