package layers

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/exercise"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/gradcheck"
)

func TestMain(m *testing.M) { exercise.Main(m) }

// random returns rows and columns of random numbers.
func random(seed uint64, rows, cols int) blas32.General {
	m := f32.New(rows, cols)
	gradcheck.Fill(m.Data, rand.New(rand.NewPCG(seed, 1)), 1)
	return m
}

func TestExercise1_TurnHead(t *testing.T) {
	exercise.Check(t, TurnHead, func(x *exercise.X) {
		TurnHead := exercise.Watch(x, TurnHead)
		for _, c := range []struct {
			head     []float32
			position int
			want     []float32
		}{
			{[]float32{1, 0, 0, 1}, 1, []float32{.5403, -.01, .8415, .99995}},
			{[]float32{1, 0}, 1, []float32{.5403, .8415}},
			{[]float32{3, 4}, 2, []float32{-4.8856, 1.0633}},
			{[]float32{1, 2, 3, 4, 5, 6}, 0, []float32{1, 2, 3, 4, 5, 6}},
		} {
			before := slices.Clone(c.head)
			x.Near(fmt.Sprintf("the head %v at position %d", c.head, c.position), TurnHead(c.head, c.position), c.want, 1e-3)
			x.Equal("x afterwards", c.head, before)
		}
		head := random(1, 1, 8).Data
		want, turns := slices.Clone(head), NewTurns(1, 4)
		turns.Set(Rotary{Theta: 10000}.Frequencies(8), 300)
		Rotate(want, turns.Cos.Data, turns.Sin.Data)
		x.Near("a head of eight random numbers at position 300, and what Rotate makes of it", TurnHead(head, 300), want, 1e-3)

		q, k := random(2, 1, 8).Data, random(3, 1, 8).Data
		x.Near("the score of position 40 for 38, and of 3 for 1", f32.Dot(TurnHead(q, 40), TurnHead(k, 38)), f32.Dot(TurnHead(q, 3), TurnHead(k, 1)), 1e-3)
	})
}

func TestExercise2_NormBackward(t *testing.T) {
	exercise.Check(t, NormBackward, func(x *exercise.X) {
		NormBackward := exercise.Watch(x, NormBackward)
		for _, c := range []struct{ x, w, dy, dx, dw []float32 }{
			{[]float32{1, 7}, []float32{1, 1}, []float32{1, 0}, []float32{.196, -.028}, []float32{.2, 0}},
			{[]float32{1, 7}, []float32{2, 1}, []float32{1, 0}, []float32{.392, -.056}, []float32{.2, 0}},
			{[]float32{2, 2}, []float32{1, 3}, []float32{1, 1}, []float32{-.5, .5}, []float32{1, 1}},
			{[]float32{-3}, []float32{5}, []float32{2}, []float32{0}, []float32{-2}},
		} {
			before := slices.Concat(c.x, c.w, c.dy)
			dx, dw := NormBackward(c.x, c.w, c.dy)
			what := fmt.Sprintf("with x %v, w %v and dy %v", c.x, c.w, c.dy)
			x.Near("the gradient of x "+what, dx, c.dx, 1e-4)
			x.Near("the gradient of w "+what, dw, c.dw, 1e-4)
			x.Equal("x, w and dy afterwards", slices.Concat(c.x, c.w, c.dy), before)
		}
		at, w, dy, y := random(4, 1, 6).Data, random(5, 1, 6).Data, random(6, 1, 6).Data, make([]float32, 6)
		loss := func() (sum float64) {
			Normalize(y, at, w, 0)
			for j, v := range y {
				sum += float64(v) * float64(dy[j])
			}
			return sum
		}
		dx, dw := NormBackward(at, w, dy)
		x.Slope("six random numbers: the gradient of x", loss, at, dx, 5e-3)
		x.Slope("six random numbers: the gradient of w", loss, w, dw, 5e-3)
	})
}

func TestExercise3_ExpandKeys(t *testing.T) {
	exercise.Check(t, ExpandKeys, func(x *exercise.X) {
		ExpandKeys := exercise.Watch(x, ExpandKeys)
		row := f32.View([]float32{1, 2, 3, 4}, 1, 4)
		x.Equal("the row 1 2 3 4 of two heads, for four heads of queries", ExpandKeys(row, 4, 2), f32.View([]float32{1, 2, 1, 2, 3, 4, 3, 4}, 1, 8))
		x.Equal("the row 1 2 3 4 of one head, for two", ExpandKeys(row, 2, 1), f32.View([]float32{1, 2, 3, 4, 1, 2, 3, 4}, 1, 8))
		same := ExpandKeys(row, 4, 4)
		x.Equal("the row 1 2 3 4 of four heads, for four", same, row)
		same.Data[0] = 9
		x.Equal("the keys after a number of the result was changed", row.Data, []float32{1, 2, 3, 4})
		part := f32.Cols(f32.View([]float32{1, 2, 1000, 3, 4, 1000}, 2, 3), 0, 2)
		x.Equal("the rows 1 2 and 3 4 of two heads in a matrix whose third column is 1000, for four", ExpandKeys(part, 4, 2), f32.View([]float32{1, 1, 2, 2, 3, 3, 4, 4}, 2, 4))

		const S, H, G, D = 5, 6, 2, 3
		q, k, v, want, got := random(7, S, H*D), random(8, S, G*D), random(9, S, G*D), f32.New(S, H*D), f32.New(S, H*D)
		Grouped{H, G, S, S}.Forward(want, attention.Views{Q: q, K: k, V: v})
		Grouped{H, H, S, S}.Forward(got, attention.Views{Q: q, K: ExpandKeys(k, H, G), V: ExpandKeys(v, H, G)})
		x.Near("what six heads find with two heads of keys, expanded, and what they find with these shared", got, want, 1e-5)
	})
}

func TestExercise4_PretrainingContext(t *testing.T) {
	exercise.Check(t, PretrainingContext, func(x *exercise.X) {
		PretrainingContext := exercise.Watch(x, PretrainingContext)
		llama := Scaling{Factor: 8, Low: 1, High: 4}
		x.Equal("a pair slowed down from 0.01 to 0.005", PretrainingContext([]float32{.01}, []float32{.005}, llama), 1436)
		x.Equal("a pair that was slowed down by all of the factor", PretrainingContext([]float32{.008}, []float32{.001}, llama), 0)
		x.Equal("a pair that was left as it was, and one that was slowed down by all of the factor", PretrainingContext([]float32{1, .008}, []float32{1, .001}, llama), 0)
		for _, c := range []struct {
			theta float64
			D     int
			s     Scaling
		}{
			{500000, 128, Scaling{8, 1, 4, 8192}}, {500000, 64, Scaling{32, 1, 4, 8192}}, {10000, 96, Scaling{4, 1, 8, 2047}}, {10000, 64, Scaling{2, .5, 16, 4099}},
		} {
			plain, scaled := Rotary{Theta: c.theta}.Frequencies(c.D), Rotary{c.theta, c.s}.Frequencies(c.D)
			asked := c.s
			asked.Context = 0
			before := slices.Concat(plain, scaled)
			x.Equal(fmt.Sprintf("heads of %d columns, θ %v, a factor of %v, low %v and high %v", c.D, c.theta, c.s.Factor, c.s.Low, c.s.High),
				PretrainingContext(plain, scaled, asked), c.s.Context)
			x.Equal("the frequencies afterwards", slices.Concat(plain, scaled), before)
		}
	})
}
