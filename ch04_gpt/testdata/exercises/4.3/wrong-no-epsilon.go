package gpt

import "math"

func RMSNorm(x, weight []float32) []float32 {
	var squares float64
	for _, v := range x {
		squares += float64(v) * float64(v)
	}
	r := float32(1 / math.Sqrt(squares/float64(len(x))))
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = v * r * weight[i]
	}
	return y
}
