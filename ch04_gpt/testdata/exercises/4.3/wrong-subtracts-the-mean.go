package gpt

import "math"

func RMSNorm(x, weight []float32) []float32 {
	var mean float32
	for _, v := range x {
		mean += v / float32(len(x))
	}
	var squares float64
	for _, v := range x {
		squares += float64(v-mean) * float64(v-mean)
	}
	r := float32(1 / math.Sqrt(squares/float64(len(x))+1e-5))
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = (v - mean) * r * weight[i]
	}
	return y
}
