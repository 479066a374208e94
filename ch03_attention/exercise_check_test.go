package attention

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/exercise"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/gradcheck"
)

func TestMain(m *testing.M) { exercise.Main(m) }

// inside returns a matrix that is the first columns of a wider one: behind each row
// stands one more number, 1000.
func inside(rows, cols int, values ...float32) blas32.General {
	m := blas32.General{Rows: rows, Cols: cols, Stride: cols + 1}
	for i := range rows {
		m.Data = append(append(m.Data, values[i*cols:(i+1)*cols]...), 1000)
	}
	return m
}

func TestExercise1_PastMean(t *testing.T) {
	exercise.Check(t, PastMean, func(x *exercise.X) {
		PastMean := exercise.Watch(x, PastMean)
		rows := f32.View([]float32{1, 2, 3, 4, 8, 0}, 3, 2)
		x.Near("PastMean of the rows 1 2, 3 4 and 8 0", PastMean(rows).Data, []float32{1, 2, 2, 3, 4, 2}, 1e-5)
		x.Equal("x afterwards", rows.Data, []float32{1, 2, 3, 4, 8, 0})
		x.Near("PastMean of the single row 5 6", PastMean(f32.View([]float32{5, 6}, 1, 2)).Data, []float32{5, 6}, 1e-6)
		part := inside(3, 2, 1, 2, 3, 4, 8, 0)
		x.Near("PastMean of the rows 1 2, 3 4 and 8 0 in a matrix whose third column is 1000", PastMean(part).Data, []float32{1, 2, 2, 3, 4, 2}, 1e-5)

		// The same by attention: a head whose queries are zero.
		values, weights, found := normal(rand.New(rand.NewPCG(3, 1)), 5, 3), f32.New(5, 5), f32.New(5, 3)
		Weigh(weights, f32.New(5, 3), values, true)
		Mix(found, weights, values)
		x.Near("PastMean of five random rows, and what Weigh and Mix find with queries of zero", PastMean(values).Data, found.Data, 1e-5)
	})
}

// normal draws a matrix of random numbers.
func normal(rng *rand.Rand, rows, cols int) blas32.General {
	m := f32.New(rows, cols)
	gradcheck.Fill(m.Data, rng, 1)
	return m
}

func TestExercise2_SteadySoftmax(t *testing.T) {
	exercise.Check(t, SteadySoftmax, func(x *exercise.X) {
		SteadySoftmax := exercise.Watch(x, SteadySoftmax)
		for _, c := range []struct {
			what   string
			scores blas32.General
			want   []float32
		}{
			{"the rows 1 2 3 and 0 0 0", f32.View([]float32{1, 2, 3, 0, 0, 0}, 2, 3), []float32{.0900, .2447, .6652, .3333, .3333, .3333}},
			{"the rows 0 0 and 200 200", f32.View([]float32{0, 0, 200, 200}, 2, 2), []float32{.5, .5, .5, .5}},
			{"the row -300 -300", f32.View([]float32{-300, -300}, 1, 2), []float32{.5, .5}},
			{"the row 300 299", f32.View([]float32{300, 299}, 1, 2), []float32{.7311, .2689}},
			{"the row -Inf 7", f32.View([]float32{float32(math.Inf(-1)), 7}, 1, 2), []float32{0, 1}},
			{"the row 42", f32.View([]float32{42}, 1, 1), []float32{1}},
			{"the rows 0 0 and 1 2 in a matrix whose third column is 1000", inside(2, 2, 0, 0, 1, 2), []float32{.5, .5, 1000, .2689, .7311, 1000}},
		} {
			SteadySoftmax(c.scores)
			x.Near("SteadySoftmax of "+c.what, c.scores.Data, c.want, 1e-4)
		}
	})
}

func TestExercise3_MaskWindow(t *testing.T) {
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
		last := f32.New(2, 5)
		MaskWindow(last, 3)
		x.Equal("2 by 5, the last two of five positions, size 3", last.Data, []float32{inf, 0, 0, 0, inf, inf, inf, 0, 0, 0})
		part := inside(2, 2, 1, 2, 3, 4)
		MaskWindow(part, 1)
		x.Equal("2 by 2, size 1, in a matrix whose third column is 1000", part.Data, []float32{1, inf, 1000, inf, 4, 1000})
	})
}

func TestExercise4_Sharpness(t *testing.T) {
	exercise.Check(t, Sharpness, func(x *exercise.X) {
		Sharpness := exercise.Watch(x, Sharpness)
		for _, c := range []struct {
			what               string
			q, k               blas32.General
			undivided, divided float32
		}{
			{"the query 2 0 0 0 and the keys 1 0 0 0 and 0 0 0 0", f32.View([]float32{2, 0, 0, 0}, 1, 4), f32.View([]float32{1, 0, 0, 0, 0, 0, 0, 0}, 2, 4), .8808, .7311},
			{"two queries, 2 0 0 0 and 0 0 0 0, and the same keys", f32.View([]float32{2, 0, 0, 0, 0, 0, 0, 0}, 2, 4), f32.View([]float32{1, 0, 0, 0, 0, 0, 0, 0}, 2, 4), .6904, .6155},
			{"one query and one key", f32.View([]float32{5, 6}, 1, 2), f32.View([]float32{7, 8}, 1, 2), 1, 1},
			{"the query 300 and the keys 1 and 0, one number each", f32.View([]float32{300}, 1, 1), f32.View([]float32{1, 0}, 2, 1), 1, 1},
			{"the query 2 0 0 0 and the keys 1 0 0 0 and 0 0 0 0 in matrices whose fifth column is 1000", inside(1, 4, 2, 0, 0, 0), inside(2, 4, 1, 0, 0, 0, 0, 0, 0, 0), .8808, .7311},
		} {
			before := slices.Concat(c.q.Data, c.k.Data)
			undivided, divided := Sharpness(c.q, c.k)
			x.Near("the undivided number of Sharpness with "+c.what, undivided, c.undivided, 1e-3)
			x.Near("the divided number of Sharpness with "+c.what, divided, c.divided, 1e-3)
			x.Equal("q and k afterwards", slices.Concat(c.q.Data, c.k.Data), before)
		}
		checkSharpnessAtRandom(x)
	})
}

// checkSharpnessAtRandom draws queries and keys of few and of many numbers.
func checkSharpnessAtRandom(x *exercise.X) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, D := range []int{4, 64, 1024} {
		var undivided, divided float32
		for range 50 {
			u, d := Sharpness(normal(rng, 10, D), normal(rng, 10, D))
			undivided, divided = undivided+u/50, divided+d/50
		}
		want := map[int]float32{4: .49, 64: .86, 1024: .96}[D]
		x.Near(fmt.Sprintf("the mean of the undivided numbers for random queries and 10 keys of %d numbers", D), undivided, want, 0.05)
		x.Near(fmt.Sprintf("the mean of the divided numbers for random queries and 10 keys of %d numbers", D), divided, float32(.31), 0.05)
	}
}

func TestExercise5_NoMask(t *testing.T) {
	exercise.Check(t, NoMask, func(x *exercise.X) {
		NoMask := exercise.Watch(x, NoMask)
		x.Found(NoMask(), "experiment-3.5.txt", 0.15)
	})
}

func TestExercise6_Look(t *testing.T) {
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

		part := inside(2, 1, 0, float32(math.Log(3)))
		x.Near("query 1, keys 0 and ln 3 in a matrix whose second column is 1000, values 4 and 8", Look([]float32{1}, part, v), []float32{7}, 1e-4)
	})
}

// plain is a layer with weights and no bias.
func plain(in, out int, weights ...float32) Linear {
	return Linear{W: f32.View(weights, in, out)}
}

func TestExercise7_LookAcross(t *testing.T) {
	exercise.Check(t, LookAcross, func(x *exercise.X) {
		LookAcross := exercise.Watch(x, LookAcross)
		one := &Head{Query: plain(1, 1, 1), Key: plain(1, 1, 1), Value: plain(1, 1, 1)}
		in, memory := f32.View([]float32{0}, 1, 1), f32.View([]float32{2, 6}, 2, 1)
		x.Near("an x of 0 and a memory of 2 and 6", LookAcross(one, in, memory).Data, []float32{4}, 1e-5)
		x.Equal("x and memory afterwards", append(slices.Clone(in.Data), memory.Data...), []float32{0, 2, 6})

		// A query of 1, keys of 0 and ln 3, values of twice as much as 0 and 1.
		ln3 := float32(math.Log(3))
		h := &Head{Query: plain(2, 1, 1, 0), Key: plain(2, 1, ln3, 0), Value: plain(2, 1, 2, 8), Causal: true}
		in = f32.View([]float32{1, 0, 0, 0, 1, 5}, 3, 2)
		memory = f32.View([]float32{0, 0, 1, 0}, 2, 2)
		x.Near("three rows look at two, whose keys are 0 and ln 3 and whose values are 0 and 2", LookAcross(h, in, memory).Data, []float32{1.5, 1, 1.5}, 1e-4)
		x.Near("two rows look at two, with h.Causal set", LookAcross(h, f32.Rows(in, 0, 2), memory).Data, []float32{1.5, 1}, 1e-4)
		x.Near("two rows look at one", LookAcross(h, f32.Rows(in, 0, 2), f32.View([]float32{1, 1}, 1, 2)).Data, []float32{10, 10}, 1e-4)
	})
}

func TestExercise8_LogSoftmaxBackward(t *testing.T) {
	exercise.Check(t, LogSoftmaxBackward, func(x *exercise.X) {
		LogSoftmaxBackward := exercise.Watch(x, LogSoftmaxBackward)
		x.Near("scores 0 0, dy 1 0", LogSoftmaxBackward([]float32{0, 0}, []float32{1, 0}), []float32{.5, -.5}, 1e-5)
		scores, dy := []float32{1, 2, 3}, []float32{1, 1, 1}
		x.Near("scores 1 2 3, dy 1 1 1", LogSoftmaxBackward(scores, dy), []float32{.7299, .2658, -.9957}, 1e-3)
		x.Equal("the scores afterwards", scores, []float32{1, 2, 3})
		x.Equal("dy afterwards", dy, []float32{1, 1, 1})
		x.Near("scores 500 500, dy 0 2", LogSoftmaxBackward([]float32{500, 500}, []float32{0, 2}), []float32{-1, 1}, 1e-5)
		x.Near("one score, 9, and dy 4", LogSoftmaxBackward([]float32{9}, []float32{4}), []float32{0}, 1e-5)

		at, slopes := []float32{.5, -1.5, 2, .3, -.7}, []float32{1, -2, .5, 3, -1}
		loss := func() (total float64) {
			var sum float64
			for _, s := range at {
				sum += math.Exp(float64(s))
			}
			for j, s := range at {
				total += float64(slopes[j]) * (float64(s) - math.Log(sum))
			}
			return total
		}
		x.Slope("scores 0.5 -1.5 2 0.3 -0.7, dy 1 -2 0.5 3 -1", loss, at, LogSoftmaxBackward(at, slopes), 5e-3)
	})
}

// passing yields pairs of keys and values, each in the same two slices.
func passing(keys, values blas32.General) iter.Seq2[[]float32, []float32] {
	return func(yield func(key, value []float32) bool) {
		key, value := make([]float32, keys.Cols), make([]float32, values.Cols)
		for i := range keys.Rows {
			copy(key, f32.Row(keys, i))
			copy(value, f32.Row(values, i))
			if !yield(key, value) {
				return
			}
		}
	}
}

func TestExercise9_LookOnce(t *testing.T) {
	exercise.Check(t, LookOnce, func(x *exercise.X) {
		LookOnce := exercise.Watch(x, LookOnce)
		column := func(values ...float32) blas32.General { return f32.View(values, len(values), 1) }
		for _, c := range []struct {
			keys, values, want []float32
		}{
			{[]float32{0, 1.0986}, []float32{4, 8}, []float32{7}},
			{[]float32{1.0986, 0}, []float32{8, 4}, []float32{7}},
			{[]float32{-2}, []float32{5}, []float32{5}},
			{[]float32{1000, 1000}, []float32{4, 8}, []float32{6}},
			{[]float32{-1000, -1000}, []float32{4, 8}, []float32{6}},
			{[]float32{0, 500, 500, 0}, []float32{1, 4, 8, 1}, []float32{6}},
		} {
			x.Near(fmt.Sprintf("LookOnce with the query 1, keys %v and values %v", c.keys, c.values), LookOnce([]float32{1}, passing(column(c.keys...), column(c.values...))), c.want, 1e-3)
		}
		keys := f32.View([]float32{2, 0, 0, 0, 0, 0, 5, 5, 2, 2, 0, 0}, 3, 4)
		values := f32.View([]float32{10, 0, 0, 0, 0, 10, 0, 0, 20, 0, 0, 0}, 3, 4)
		x.Near("the example of exercise 3.6", LookOnce([]float32{1, 1, 0, 0}, passing(keys, values)), []float32{15.7521, 0.9003, 0, 0}, 1e-3)

		rng := rand.New(rand.NewPCG(3, 8))
		keys, values = normal(rng, 200, 8), normal(rng, 200, 3)
		query := normal(rng, 1, 8)
		weights, found := f32.New(1, 200), f32.New(1, 3)
		Weigh(weights, query, keys, false)
		Mix(found, weights, values)
		x.Near("200 random pairs, and what Weigh and Mix find", LookOnce(query.Data, passing(keys, values)), found.Data, 1e-4)
		checkLookOnceKeepsNothing(x)
	})
}

// checkLookOnceKeepsNothing looks at what an attempt allocates for 10,000 pairs.
func checkLookOnceKeepsNothing(x *exercise.X) {
	const pairs = 10_000
	keys, values := f32.New(pairs, 1), f32.New(pairs, 1)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	LookOnce([]float32{1}, passing(keys, values))
	runtime.ReadMemStats(&after)
	allocated := after.TotalAlloc - before.TotalAlloc
	x.True(allocated < pairs, "it allocated %d bytes while it read %d pairs, and must keep nothing of each", allocated, pairs)
}
