package translate

import "math"

// A pair of columns is one wave.
func Wave(position, C int) []float32 {
	p := make([]float32, C)
	for j := range C {
		sin, cos := math.Sincos(float64(position) / math.Pow(10000, float64(j)/float64(C)))
		if p[j] = float32(sin); j%2 == 1 {
			p[j] = float32(cos)
		}
	}
	return p
}
