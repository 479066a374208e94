package gpt

import "math"

func RMSNormBackward(dy, x, weight []float32) []float32 {
	var squares, product float64
	for i, v := range x {
		squares += float64(v) * float64(v)
		product += float64(dy[i]) * float64(weight[i]) * float64(v)
	}
	n := float64(len(x))
	r := 1 / math.Sqrt(squares/n+1e-5)
	dx := make([]float32, len(x))
	for i, v := range x {
		dx[i] = float32(float64(dy[i])*float64(weight[i])*r - float64(v)*r*r*r*product)
	}
	return dx
}
