package embeddings

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/exercise"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/gradcheck"
)

func TestMain(m *testing.M) { exercise.Main(m) }

func TestExercise1_QuestionAt(t *testing.T) {
	exercise.Check(t, QuestionAt, func(x *exercise.X) {
		QuestionAt := exercise.Watch(x, QuestionAt)
		two := Batch{B: 2, T: 2, Inputs: []int{1, 2, 5, 6}, Targets: []int{2, 3, 6, 7}}
		three := Batch{B: 2, T: 3, Inputs: []int{10, 11, 12, 40, 41, 42}, Targets: []int{11, 12, 13, 41, 42, 43}}
		one := Batch{B: 1, T: 1, Inputs: []int{8}, Targets: []int{9}}
		for _, c := range []struct {
			batch   Batch
			b, t    int
			context []int
			target  int
		}{
			{two, 0, 0, []int{1}, 2},
			{two, 1, 0, []int{5}, 6},
			{two, 1, 1, []int{5, 6}, 7},
			{three, 0, 2, []int{10, 11, 12}, 13},
			{three, 1, 0, []int{40}, 41},
			{three, 1, 2, []int{40, 41, 42}, 43},
			{one, 0, 0, []int{8}, 9},
		} {
			context, target := QuestionAt(c.batch, c.b, c.t)
			what := fmt.Sprintf(" of QuestionAt with inputs %v, T = %d, b = %d, t = %d", c.batch.Inputs, c.batch.T, c.b, c.t)
			x.Equal("the context"+what, context, c.context)
			x.Equal("the target"+what, target, c.target)
		}
	})
}

func TestExercise2_RowGradient(t *testing.T) {
	exercise.Check(t, RowGradient, func(x *exercise.X) {
		RowGradient := exercise.Watch(x, RowGradient)
		the := f32.View([]float32{2, 3, 5}, 3, 1)
		pairs := f32.View([]float32{1, 10, 2, 20, 4, 40, 8, 80}, 4, 2)
		for _, c := range []struct {
			dx   blas32.General
			ids  []int
			id   int
			want []float32
		}{
			{the, []int{0, 1, 0}, 0, []float32{7}},
			{the, []int{0, 1, 0}, 1, []float32{3}},
			{the, []int{0, 1, 0}, 2, []float32{0}},
			{pairs, []int{6, 6, 3, 6}, 6, []float32{11, 110}},
			{pairs, []int{6, 6, 3, 6}, 3, []float32{4, 40}},
			{pairs, []int{6, 6, 6, 6}, 6, []float32{15, 150}},
			{pairs, []int{6, 6, 3, 6}, 0, []float32{0, 0}},
		} {
			before := slices.Clone(c.dx.Data)
			x.Equal(fmt.Sprintf("RowGradient with dx = %v in rows of %d, ids = %v, id = %d", before, c.dx.Cols, c.ids, c.id), RowGradient(c.dx, c.ids, c.id), c.want)
			x.Equal("dx afterwards", c.dx.Data, before)
		}
	})
}

func TestExercise3_Product(t *testing.T) {
	exercise.Check(t, Product, func(x *exercise.X) {
		Product := exercise.Watch(x, Product)
		a, b := f32.View([]float32{1, 2, 3, 4, 5, 6}, 2, 3), f32.View([]float32{1, 4, 2, 5, 3, 6}, 3, 2)
		c := f32.New(2, 2)
		Product(c, a, b)
		x.Equal("(1 2 3, 4 5 6) times its transpose", c.Data, []float32{14, 32, 32, 77})
		Product(c, a, b)
		x.Equal("the same product, into the same c once more", c.Data, []float32{14, 32, 32, 77})

		// Each matrix is the first columns of a wider one, whose last column is 100.
		wide := func(values ...float32) blas32.General {
			return blas32.General{Rows: 2, Cols: 2, Stride: 3, Data: values}
		}
		partA, partB := wide(1, 2, 100, 3, 4, 100), wide(5, 6, 100, 7, 8, 100)
		c = f32.New(2, 2)
		Product(c, partA, partB)
		x.Equal("(1 2, 3 4) times (5 6, 7 8), both parts of matrices with three columns", c.Data, []float32{19, 22, 43, 50})
		partC := wide(0, 0, 100, 0, 0, 100)
		Product(partC, f32.View([]float32{1, 2, 3, 4}, 2, 2), f32.View([]float32{5, 6, 7, 8}, 2, 2))
		x.Equal("(1 2, 3 4) times (5 6, 7 8) into a part of a matrix whose third column is 100 100", partC.Data, []float32{19, 22, 100, 43, 50, 100})

		one := f32.New(1, 1)
		Product(one, f32.View([]float32{3}, 1, 1), f32.View([]float32{-2}, 1, 1))
		x.Equal("3 times -2, matrices of one element", one.Data, []float32{-6})
	})
}

func TestExercise4_TargetCounts(t *testing.T) {
	exercise.Check(t, TargetCounts, func(x *exercise.X) {
		TargetCounts := exercise.Watch(x, TargetCounts)
		x.Equal("TargetCounts(10, 4, 2)", TargetCounts(10, 4, 2), []int{0, 1, 1, 2, 2, 2, 2, 1, 1, 0})
		x.Equal("TargetCounts(9, 4, 4)", TargetCounts(9, 4, 4), []int{0, 1, 1, 1, 1, 1, 1, 1, 1})
		x.Equal("TargetCounts(8, 4, 4)", TargetCounts(8, 4, 4), []int{0, 1, 1, 1, 1, 0, 0, 0})
		x.Equal("TargetCounts(7, 3, 1)", TargetCounts(7, 3, 1), []int{0, 1, 2, 3, 3, 2, 1})
		x.Equal("TargetCounts(9, 2, 5), windows with gaps", TargetCounts(9, 2, 5), []int{0, 1, 1, 0, 0, 0, 1, 1, 0})
		x.Equal("TargetCounts(5, 4, 100), one window", TargetCounts(5, 4, 100), []int{0, 1, 1, 1, 1})
		x.Equal("TargetCounts(2, 1, 1), one question", TargetCounts(2, 1, 1), []int{0, 1})
	})
}

func TestExercise5_NoPositions(t *testing.T) {
	exercise.Check(t, NoPositions, func(x *exercise.X) {
		NoPositions := exercise.Watch(x, NoPositions)
		x.Found(NoPositions(), "experiment-2.5.txt", 0.1)
	})
}

func TestExercise6_SegmentsBackward(t *testing.T) {
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
	table, rest := normal(rng, 2, 3), normal(rng, len(segments), 3) // rest: tokens and positions
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

// normal draws a matrix of random numbers.
func normal(rng *rand.Rand, rows, cols int) blas32.General {
	m := f32.New(rows, cols)
	gradcheck.Fill(m.Data, rng, 1)
	return m
}

func TestExercise7_Waves(t *testing.T) {
	exercise.Check(t, Waves, func(x *exercise.X) {
		Waves := exercise.Watch(x, Waves)
		four := Waves(3, 4)
		x.Equal("rows, columns and stride of Waves(3, 4)", []int{four.Rows, four.Cols, four.Stride}, []int{3, 4, 4})
		x.Near("Waves(3, 4)", four.Data, []float32{
			0, 1, 0, 1,
			0.8415, 0.5403, 0.0100, 1.0000,
			0.9093, -0.4161, 0.0200, 0.9998,
		}, 1e-4)
		x.Near("Waves(2, 2)", Waves(2, 2).Data, []float32{0, 1, 0.8415, 0.5403}, 1e-4)
		x.Near("row 10 of Waves(11, 6)", f32.Row(Waves(11, 6), 10), []float32{-0.5440, -0.8391, 0.4477, 0.8942, 0.0215, 0.9998}, 1e-4)
		x.Equal("length of Waves(0, 4)", len(Waves(0, 4).Data), 0)
	})
}

func TestExercise8_ScaledBackward(t *testing.T) {
	exercise.Check(t, ScaledBackward, func(x *exercise.X) {
		ScaledBackward := exercise.Watch(x, ScaledBackward)
		grad := &Embedding{f32.New(2, 4), f32.New(3, 4)}
		dx := f32.View([]float32{1, 2, 3, 4}, 1, 4)
		ScaledBackward(grad, dx, []int{0}, 1)
		x.Near("Tokens of grad in the example", grad.Tokens.Data, []float32{2, 4, 6, 8, 0, 0, 0, 0}, 1e-5)
		x.Near("Positions of grad in the example", grad.Positions.Data, []float32{1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0}, 1e-5)
		x.Equal("dx afterwards", dx.Data, []float32{1, 2, 3, 4})
		ScaledBackward(grad, dx, []int{0}, 1)
		x.Near("Tokens of grad when the same follows", grad.Tokens.Data, []float32{4, 8, 12, 16, 0, 0, 0, 0}, 1e-5)

		checkScaledByNudging(x)
	})
}

// checkScaledByNudging compares an attempt with the slopes of half the sum of the
// squares of x. The position table is longer than a window.
func checkScaledByNudging(x *exercise.X) {
	const C, T = 3, 2
	ids, rng := []int{4, 0, 4, 4, 2, 0}, rand.New(rand.NewPCG(2, 8))
	e := Embedding{normal(rng, 5, C), normal(rng, 4, C)}
	out := f32.New(len(ids), C)
	loss := func() float64 {
		for i, id := range ids {
			for j := range C {
				out.Data[i*C+j] = float32(math.Sqrt(C))*e.Tokens.Data[id*C+j] + e.Positions.Data[i%T*C+j]
			}
		}
		return f32.SquaredNorm(out.Data) / 2
	}
	loss()
	grad := &Embedding{f32.New(5, C), f32.New(4, C)}
	ScaledBackward(grad, out, ids, T)
	x.Slope("the gradient of Tokens, for ids 4 0 4 4 2 0 with T = 2", loss, e.Tokens.Data, grad.Tokens.Data, 1e-3)
	x.Slope("the gradient of Positions, for ids 4 0 4 4 2 0 with T = 2", loss, e.Positions.Data, grad.Positions.Data, 1e-3)
}

func TestExercise9_UnfairPaths(t *testing.T) {
	exercise.Check(t, UnfairPaths, func(x *exercise.X) {
		UnfairPaths := exercise.Watch(x, UnfairPaths)
		paths, sum := UnfairPaths(), 0
		for _, n := range paths {
			sum += n
		}
		x.Equal("how many numbers UnfairPaths returns", len(paths), 6)
		x.Equal("the sum of all paths", sum, 27)
		x.Equal("paths to 0 1 2, 0 2 1, 1 0 2, 1 2 0, 2 0 1 and 2 1 0", paths, []int{4, 5, 5, 4, 5, 4})
	})
}
