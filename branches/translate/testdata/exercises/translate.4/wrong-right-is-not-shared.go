package translate

import "math"

// What the model says, less what it should say.
func SmoothedGradient(logits []float32, target int, eps float64) []float32 {
	largest, sum := math.Inf(-1), 0.0
	for _, logit := range logits {
		largest = max(largest, float64(logit))
	}
	for _, logit := range logits {
		sum += math.Exp(float64(logit) - largest)
	}
	gradient := make([]float32, len(logits))
	for i, logit := range logits {
		should := eps / float64(len(logits))
		if i == target {
			should = 1 - eps
		}
		gradient[i] = float32(math.Exp(float64(logit)-largest)/sum - should)
	}
	return gradient
}
