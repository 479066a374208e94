package gpt

import (
	"math"
	"testing"

	"github.com/llm-from-scratch/llm/internal/exercise"
)

func TestMain(m *testing.M) { exercise.Main(m) }

func TestExercise1_RMSNorm(t *testing.T) {
	exercise.Check(t, RMSNorm, func(x *exercise.X) {
		RMSNorm := exercise.Watch(x, RMSNorm)
		in := []float32{3, 4}
		x.Near("RMSNorm of 3 4 with weights 1 10", RMSNorm(in, []float32{1, 10}), []float32{0.8485, 11.3137}, 2e-4)
		x.Equal("x afterwards", in, []float32{3, 4})
		x.Near("RMSNorm of 5 5 5 with weights 1 2 3", RMSNorm([]float32{5, 5, 5}, []float32{1, 2, 3}), []float32{1, 2, 3}, 1e-4)
		x.Near("RMSNorm of 0 0 with weights 1 1", RMSNorm([]float32{0, 0}, []float32{1, 1}), []float32{0, 0}, 0)
		// The mean of squares is 1e-6, far below the 1e-5 that is added.
		x.Near("RMSNorm of 0.001 -0.001 with weights 1 1", RMSNorm([]float32{.001, -.001}, []float32{1, 1}), []float32{.3015, -.3015}, 1e-3)
	})
}

func TestExercise2_RMSNormBackward(t *testing.T) {
	exercise.Check(t, RMSNormBackward, func(x *exercise.X) {
		RMSNormBackward := exercise.Watch(x, RMSNormBackward)
		one := []float32{1, 1}
		x.Near("dy 1 0, x 3 4, weights 1 1", RMSNormBackward([]float32{1, 0}, []float32{3, 4}, one), []float32{.1810, -.1358}, 1e-4)

		in, weight, dy := []float32{.5, -1.5, 2, .3, -.7}, []float32{1, .5, 2, -1, 1.5}, []float32{1, -2, .5, 3, -1}
		loss := func() float64 {
			var mean, sum float64
			for _, v := range in {
				mean += float64(v) * float64(v) / float64(len(in))
			}
			r := 1 / math.Sqrt(mean+1e-5)
			for i, v := range in {
				sum += float64(dy[i]) * float64(v) * r * float64(weight[i])
			}
			return sum
		}
		x.Slope("five values, weights 1 0.5 2 -1 1.5", loss, in, RMSNormBackward(dy, in, weight), 5e-3)
	})
}
