package embeddings

import (
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/exercise"
	"github.com/llm-from-scratch/llm/internal/f32"
)

func TestMain(m *testing.M) { exercise.Main(m) }

func TestExercise1_TargetCounts(t *testing.T) {
	exercise.Check(t, TargetCounts, func(x *exercise.X) {
		TargetCounts := exercise.Watch(x, TargetCounts)
		x.Equal("TargetCounts(10, 4, 2)", TargetCounts(10, 4, 2), []int{0, 1, 1, 2, 2, 2, 2, 1, 1, 0})
		x.Equal("TargetCounts(9, 4, 4)", TargetCounts(9, 4, 4), []int{0, 1, 1, 1, 1, 1, 1, 1, 1})
		x.Equal("TargetCounts(8, 4, 4)", TargetCounts(8, 4, 4), []int{0, 1, 1, 1, 1, 0, 0, 0})
		x.Equal("TargetCounts(7, 3, 1)", TargetCounts(7, 3, 1), []int{0, 1, 2, 3, 3, 2, 1})
		x.Equal("TargetCounts(9, 2, 5), windows with gaps", TargetCounts(9, 2, 5), []int{0, 1, 1, 0, 0, 0, 1, 1, 0})
		x.Equal("TargetCounts(5, 4, 100), one window", TargetCounts(5, 4, 100), []int{0, 1, 1, 1, 1})
	})
}

func TestExercise2_SegmentsBackward(t *testing.T) {
	exercise.Check(t, SegmentsBackward, func(x *exercise.X) {
		SegmentsBackward := exercise.Watch(x, SegmentsBackward)
		grad, dx := f32.New(2, 1), f32.View([]float32{1, 10, 100, 1000}, 4, 1)
		SegmentsBackward(grad, dx, []int{0, 0, 1, 1})
		x.Equal("the gradient of segments 0 0 1 1", grad.Data, []float32{11, 1100})
		x.Equal("dx afterwards", dx.Data, []float32{1, 10, 100, 1000})
		SegmentsBackward(grad, dx, []int{1, 0, 0, 0})
		x.Equal("the gradient when segments 1 0 0 0 follow", grad.Data, []float32{1121, 1101})

		checkSegmentsByNudging(x)
	})
}

// checkSegmentsByNudging compares an attempt with the slopes of a loss: half the
// sum of the squares of x, whose gradient with respect to x is x.
func checkSegmentsByNudging(x *exercise.X) {
	segments := []int{0, 0, 1, 1, 1, 0, 1, 1}
	rng := rand.New(rand.NewPCG(2, 2))
	random := func(rows int) blas32.General {
		m := f32.New(rows, 3)
		for i := range m.Data {
			m.Data[i] = float32(rng.NormFloat64())
		}
		return m
	}
	table, rest := random(2), random(len(segments)) // rest: tokens and positions
	out := f32.New(len(segments), 3)
	loss := func() (sum float64) {
		copy(out.Data, rest.Data)
		for i, segment := range segments {
			f32.Add(f32.Row(out, i), f32.Row(table, segment))
		}
		return f32.SquaredNorm(out.Data) / 2
	}
	loss()
	grad := f32.New(2, 3)
	SegmentsBackward(grad, out, segments)
	x.Slope("the gradient of Segments", loss, table.Data, grad.Data, 1e-3)
}
