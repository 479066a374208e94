package pretrain

import "math"

func SmoothedBackward(logits []float32, target int, smoothing float32) []float32 {
	grad := make([]float32, len(logits))
	var sum float64
	for _, v := range logits {
		sum += math.Exp(float64(v))
	}
	for j, v := range logits {
		grad[j] = float32(math.Exp(float64(v))/sum) - smoothing/float32(len(logits))
	}
	grad[target] -= 1 - smoothing
	return grad
}
