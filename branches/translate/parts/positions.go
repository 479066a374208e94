package parts

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// Positions returns a vector (C) for each of T positions, nothing of which is trained:
// of every pair of columns one is the sine and the other the cosine of the same wave,
//
//	p[t,2i] = sin(t / 10000^(2i/C))    p[t,2i+1] = cos(t / 10000^(2i/C))
//
// whose length goes from 2π positions to nearly 10,000 times as many.
func Positions(T, C int) blas32.General {
	p := f32.New(T, C)
	for t := range T {
		for j := 0; j < C; j += 2 {
			sin, cos := math.Sincos(float64(t) / math.Pow(10000, float64(j)/float64(C)))
			f32.Row(p, t)[j], f32.Row(p, t)[j+1] = float32(sin), float32(cos)
		}
	}
	return p
}
