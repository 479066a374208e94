package embeddings

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

func Waves(context, C int) blas32.General {
	waves := f32.New(context, C)
	for p := range context {
		row := f32.Row(waves, p)
		for k := range C / 2 {
			angle := float64(p) / math.Pow(10000, float64(2*k/C))
			row[2*k], row[2*k+1] = float32(math.Sin(angle)), float32(math.Cos(angle))
		}
	}
	return waves
}
