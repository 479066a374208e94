package classify

import (
	"fmt"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/exercise"
	"github.com/llm-from-scratch/llm/internal/f32"
)

func TestMain(m *testing.M) { exercise.Main(m) }

func TestExercise1_PrecisionRecall(t *testing.T) {
	exercise.Check(t, PrecisionRecall, func(x *exercise.X) {
		PrecisionRecall := exercise.Watch(x, PrecisionRecall)
		for _, tc := range []struct {
			counts            Confusion
			precision, recall float64
		}{
			{Confusion{{50, 10}, {5, 30}}, 0.75, 6.0 / 7},
			{Confusion{{0, 3}, {0, 1}}, 0.25, 1},
			{Confusion{{9, 0}, {3, 1}}, 1, 0.25},
			{Confusion{{4, 1}, {1, 0}}, 0, 0},
			{Confusion{{7, 0}, {4, 0}}, 1, 0},
			{Confusion{{7, 2}, {0, 0}}, 0, 1},
			{Confusion{}, 1, 1},
		} {
			precision, recall := PrecisionRecall(tc.counts)
			what := fmt.Sprintf(" of PrecisionRecall(Confusion{{%d, %d}, {%d, %d}})",
				tc.counts[0][0], tc.counts[0][1], tc.counts[1][0], tc.counts[1][1])
			x.Near("the precision"+what, precision, tc.precision, 1e-9)
			x.Near("the recall"+what, recall, tc.recall, 1e-9)
		}
	})
}

func TestExercise2_AdaptedForward(t *testing.T) {
	exercise.Check(t, AdaptedForward, func(x *exercise.X) {
		AdaptedForward := exercise.Watch(x, AdaptedForward)
		layer := attention.Linear{W: f32.View([]float32{1, 0, 0, 1}, 2, 2), B: []float32{10, 20}}
		change := LowRank{A: f32.View([]float32{1, -1}, 2, 1), B: f32.View([]float32{2, 6}, 1, 2), Scale: 0.5}
		y := f32.View([]float32{-9, -9}, 1, 2) // left over from before
		AdaptedForward(y, f32.View([]float32{1, 2}, 1, 2), layer, change)
		x.Near("y of the example", y.Data, []float32{10, 19}, 1e-6)
		x.Equal("W of the example afterwards", layer.W.Data, []float32{1, 0, 0, 1})

		layer.B = nil
		AdaptedForward(y, f32.View([]float32{1, 2}, 1, 2), layer, change)
		x.Near("y of the example without a bias", y.Data, []float32{0, -1}, 1e-6)

		checkAdaptedLarger(x)
	})
}

// checkAdaptedLarger compares an attempt with the merged weights on matrices of
// other shapes, and looks whether it left its inputs alone.
func checkAdaptedLarger(x *exercise.X) {
	rng := seeded(62)
	random := func(rows, cols int) blas32.General {
		m := f32.New(rows, cols)
		for i := range m.Data {
			m.Data[i] = float32(rng.NormFloat64())
		}
		return m
	}
	layer := attention.Linear{W: random(4, 5), B: random(1, 5).Data}
	change := LowRank{A: random(4, 2), B: random(2, 5), Scale: 3}
	in, want, got := random(3, 4), f32.New(3, 5), f32.New(3, 5)
	inputs := [][]float32{layer.W.Data, layer.B, change.A.Data, change.B.Data, in.Data}
	var before [][]float32
	for _, data := range inputs {
		before = append(before, slices.Clone(data))
	}
	merged := attention.Linear{W: f32.New(4, 5), B: layer.B}
	change.Merge(merged.W, layer.W)
	merged.Forward(want, in)

	AdaptedForward(got, in, layer, change)
	x.Near("y of 3 rows, W (4,5), rank 2, Scale 3", got.Data, want.Data, 1e-4)
	x.Equal("W, b, A, B and x afterwards", inputs, before)
}
