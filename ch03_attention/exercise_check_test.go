package attention

import (
	"math"
	"slices"
	"testing"

	"github.com/llm-from-scratch/llm/internal/exercise"
	"github.com/llm-from-scratch/llm/internal/f32"
)

func TestMain(m *testing.M) { exercise.Main(m) }

func TestExercise1_Look(t *testing.T) {
	exercise.Check(t, Look, func(x *exercise.X) {
		Look := exercise.Watch(x, Look)
		query := []float32{1, 1, 0, 0}
		keys := f32.View([]float32{2, 0, 0, 0, 0, 0, 5, 5, 2, 2, 0, 0}, 3, 4)
		values := f32.View([]float32{10, 0, 0, 0, 0, 10, 0, 0, 20, 0, 0, 0}, 3, 4)
		before := slices.Clone(query)
		x.Near("the example", Look(query, keys, values), []float32{15.7521, 0.9003, 0, 0}, 1e-3)
		x.Equal("the query afterwards", query, before)
		x.Equal("the keys afterwards", keys.Data, []float32{2, 0, 0, 0, 0, 0, 5, 5, 2, 2, 0, 0})
		x.Equal("the values afterwards", values.Data, []float32{10, 0, 0, 0, 0, 10, 0, 0, 20, 0, 0, 0})

		one := f32.View([]float32{3, -1}, 1, 2)
		x.Near("one key only", Look([]float32{5, 5}, one, one), []float32{3, -1}, 1e-6)

		// Scores of 0 and ln 3, after the division by √1: weights of 1/4 and 3/4.
		k := f32.View([]float32{0, float32(math.Log(3))}, 2, 1)
		v := f32.View([]float32{4, 8}, 2, 1)
		x.Near("query 1, keys 0 and ln 3, values 4 and 8", Look([]float32{1}, k, v), []float32{7}, 1e-4)

		big := f32.View([]float32{1000, 1000}, 2, 1)
		x.Near("query 1, keys 1000 and 1000, values 4 and 8", Look([]float32{1}, big, v), []float32{6}, 1e-4)
	})
}

func TestExercise2_MaskWindow(t *testing.T) {
	exercise.Check(t, MaskWindow, func(x *exercise.X) {
		MaskWindow := exercise.Watch(x, MaskWindow)
		inf := float32(math.Inf(-1))
		scores := f32.New(4, 4)
		for i := range scores.Data {
			scores.Data[i] = float32(i)
		}
		MaskWindow(scores, 2)
		x.Equal("4 by 4, size 2", scores.Data, []float32{
			0, inf, inf, inf,
			4, 5, inf, inf,
			inf, 9, 10, inf,
			inf, inf, 14, 15,
		})
		all := f32.New(3, 3)
		MaskWindow(all, 100)
		x.Equal("3 by 3, size 100", all.Data, []float32{0, inf, inf, 0, 0, inf, 0, 0, 0})
		own := f32.New(3, 3)
		MaskWindow(own, 1)
		x.Equal("3 by 3, size 1", own.Data, []float32{0, inf, inf, inf, 0, inf, inf, inf, 0})
	})
}
