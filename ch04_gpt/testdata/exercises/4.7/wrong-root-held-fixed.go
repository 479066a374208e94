package gpt

import "math"

func RMSNormBackward(dy, x, weight []float32) []float32 {
	var squares float64
	for _, v := range x {
		squares += float64(v) * float64(v)
	}
	r := float32(1 / math.Sqrt(squares/float64(len(x))+1e-5))
	dx := make([]float32, len(x))
	for i := range x {
		dx[i] = dy[i] * weight[i] * r
	}
	return dx
}
