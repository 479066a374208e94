package toy

import (
	"math"
	"testing"

	"github.com/llm-from-scratch/llm/internal/exercise"
)

func TestMain(m *testing.M) { exercise.Main(m) }

func TestExercise1_Weights(t *testing.T) {
	exercise.Check(t, Weights, func(x *exercise.X) {
		Weights := exercise.Watch(x, Weights)
		scores := []float32{1, 2, 3}
		x.Near("Weights of 1 2 3", Weights(scores), []float32{0.0900, 0.2447, 0.6652}, 1e-4)
		x.Equal("the scores afterwards", scores, []float32{1, 2, 3})
		third := float32(1) / 3
		x.Near("Weights of 1000 1000 1000", Weights([]float32{1000, 1000, 1000}), []float32{third, third, third}, 1e-6)
	})
}

func TestExercise2_Hide(t *testing.T) {
	exercise.Check(t, Hide, func(x *exercise.X) {
		Hide := exercise.Watch(x, Hide)
		inf := float32(math.Inf(-1))
		scores := []float32{1, 2, 3, 4}
		Hide(scores, 2)
		x.Equal("the scores of two words", scores, []float32{1, inf, 3, 4})
	})
}
