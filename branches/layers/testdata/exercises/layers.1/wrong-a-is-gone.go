package layers

import "math"

// Both columns of a pair are read before one is written.
func TurnHead(x []float32, position int) []float32 {
	y := make([]float32, len(x))
	pairs := len(x) / 2
	for j := range pairs {
		sin, cos := math.Sincos(float64(position) * math.Pow(10000, -2*float64(j)/float64(len(x))))
		a, b := float64(x[j]), float64(x[j+pairs])
		a = a*cos - b*sin
		b = a*sin + b*cos
		y[j], y[j+pairs] = float32(a), float32(b)
	}
	return y
}
