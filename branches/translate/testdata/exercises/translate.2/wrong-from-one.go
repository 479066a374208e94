package translate

import "math"

// A pair of columns is one wave.
func Wave(position, C int) []float32 {
	p := make([]float32, C)
	for j := 0; j < C; j += 2 {
		sin, cos := math.Sincos(float64(position+1) / math.Pow(10000, float64(j)/float64(C)))
		p[j], p[j+1] = float32(sin), float32(cos)
	}
	return p
}
