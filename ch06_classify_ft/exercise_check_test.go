package classify

import (
	"fmt"
	"math"
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

func TestExercise1_LastRows(t *testing.T) {
	exercise.Check(t, LastRows, func(x *exercise.X) {
		LastRows := exercise.Watch(x, LastRows)
		lengths := []int{3, 5, 1}
		x.Equal("LastRows of the lengths 3 5 1, T 5", LastRows(lengths, 5), []int{2, 9, 10})
		x.Equal("the lengths afterwards", lengths, []int{3, 5, 1})
		x.Equal("LastRows of the lengths 9 2 4, T 4: the first was cut off", LastRows([]int{9, 2, 4}, 4), []int{3, 5, 11})
		x.Equal("LastRows of one message of 7, T 120", LastRows([]int{7}, 120), []int{6})
		x.Equal("LastRows of the lengths 1 1 1, T 1", LastRows([]int{1, 1, 1}, 1), []int{0, 1, 2})
		x.Equal("LastRows of no message, T 5", LastRows(nil, 5), []int(nil))
	})
}

func TestExercise2_PrecisionRecall(t *testing.T) {
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

func TestExercise3_ClassWeights(t *testing.T) {
	exercise.Check(t, ClassWeights, func(x *exercise.X) {
		ClassWeights := exercise.Watch(x, ClassWeights)
		for _, c := range []struct {
			labels  []int
			classes int
			want    []float64
		}{
			{[]int{0, 0, 0, 1}, 2, []float64{2. / 3, 2}},
			{[]int{1, 0, 1, 0}, 2, []float64{1, 1}},
			{[]int{2, 0, 2, 2, 1, 2}, 3, []float64{2, 2, .5}},
			{[]int{1, 1, 3}, 4, []float64{0, .75, 0, 1.5}},
			{[]int{1, 1, 1}, 2, []float64{0, 1}},
			{[]int{0}, 1, []float64{1}},
			{nil, 2, []float64{0, 0}},
		} {
			x.Near(fmt.Sprintf("ClassWeights(%v, %d)", c.labels, c.classes), ClassWeights(c.labels, c.classes), c.want, 1e-9)
		}
		sms := make([]int, 5574) // as many as the real collection has
		for i := range 747 {
			sms[i*7] = 1
		}
		x.Near("ClassWeights of 4827 ham and 747 spam", ClassWeights(sms, 2), []float64{.57738, 3.73092}, 1e-4)
	})
}

func TestExercise4_Threshold(t *testing.T) {
	exercise.Check(t, Threshold, func(x *exercise.X) {
		Threshold := exercise.Watch(x, Threshold)
		for _, c := range []struct {
			spam   []float64
			labels []int
			most   float64
			want   float64
		}{
			{[]float64{.1, .6, .7, .9}, []int{0, 0, 1, 1}, 0, .7},
			{[]float64{.1, .6, .7, .9}, []int{0, 0, 1, 1}, .5, .6},
			{[]float64{.1, .6, .7, .9}, []int{0, 0, 1, 1}, 1, .1},
			{[]float64{.9, .2, .4, .8, .3}, []int{1, 0, 0, 1, 1}, 0, .8}, // 0.3 is lower than a ham
			{[]float64{.9, .2, .4, .8, .3}, []int{1, 0, 0, 1, 1}, .5, .3},
			{[]float64{.5, .5, .5, .7}, []int{0, 0, 1, 1}, .5, .7}, // two ham go together
			{[]float64{.6, .9}, []int{1, 0}, 0, math.Inf(1)},       // the ham is on top
			{[]float64{.6, .9}, []int{1, 0}, .999, math.Inf(1)},
			{[]float64{.3, .2}, []int{1, 1}, 0, .2}, // no ham at all
			{[]float64{.3}, []int{0}, 0, math.Inf(1)},
			{nil, nil, .5, math.Inf(1)},
		} {
			x.Equal(fmt.Sprintf("Threshold(%v, %v, %v)", c.spam, c.labels, c.most), Threshold(c.spam, c.labels, c.most), c.want)
		}
		rng := seeded(64)
		for range 20 {
			checkThresholdAtRandom(x, rng)
		}
	})
}

// checkThresholdAtRandom looks whether the threshold of an attempt loses no more ham than it may,
// and the next lower one does.
func checkThresholdAtRandom(x *exercise.X, rng *rand.Rand) {
	const n, most = 40, 0.1
	spam, labels := make([]float64, n), make([]int, n)
	for i := range spam {
		spam[i], labels[i] = float64(rng.IntN(30))/30, rng.IntN(2)
	}
	got := Threshold(spam, labels, most)
	of := fmt.Sprintf("Threshold of %.3f with the labels %v and the share %v", spam, labels, most)
	lost := func(threshold float64) (share float64) {
		ham := 0
		for i, p := range spam {
			if labels[i] == 0 {
				ham++
				if p >= threshold {
					share++
				}
			}
		}
		return share / float64(ham)
	}
	x.True(lost(got) <= most, "%s is %.3f, which loses %.3f of the ham", of, got, lost(got))
	x.True(slices.Contains(spam, got) || math.IsInf(got, 1), "%s is %v, which is none of the probabilities", of, got)
	for _, p := range spam {
		x.True(p >= got || lost(p) > most, "%s is %.3f, but %.3f is lower and loses only %.3f of the ham", of, got, p, lost(p))
	}
}

func TestExercise5_OnlyTheHead(t *testing.T) {
	exercise.Check(t, OnlyTheHead, func(x *exercise.X) {
		OnlyTheHead := exercise.Watch(x, OnlyTheHead)
		percent := OnlyTheHead()
		x.True(percent <= 0 || percent > 1, "%v is a share: give it in percent, as it is printed", percent)
		x.True(percent != 84.74, "84.74%% of the messages to train with are sorted right: classify eval says it of those that were held out")
		x.Found(percent, "experiment-6.5.txt", 1.5)
	})
}

func TestExercise6_AdaptedForward(t *testing.T) {
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

func TestExercise7_AdaptedBackward(t *testing.T) {
	exercise.Check(t, AdaptedBackward, func(x *exercise.X) {
		AdaptedBackward := exercise.Watch(x, AdaptedBackward)
		layer := attention.Linear{W: f32.View([]float32{1, 0, 0, 1}, 2, 2), B: []float32{10, 20}}
		change := LowRank{A: f32.View([]float32{1, -1}, 2, 1), B: f32.View([]float32{2, 6}, 1, 2), Scale: 0.5}
		grad := LowRank{A: f32.View([]float32{100, 200}, 2, 1), B: f32.View([]float32{300, 400}, 1, 2), Scale: 0.5}
		dx := f32.View([]float32{-9, -9}, 1, 2) // left over from before
		AdaptedBackward(dx, f32.View([]float32{1, 0}, 1, 2), f32.View([]float32{1, 2}, 1, 2), layer, change, &grad)
		x.Near("dx of the example", dx.Data, []float32{2, -1}, 1e-5)
		x.Near("grad.A of the example, which was 100 200 before", grad.A.Data, []float32{101, 202}, 1e-4)
		x.Near("grad.B of the example, which was 300 400 before", grad.B.Data, []float32{299.5, 400}, 1e-4)
		for seed := range uint64(3) {
			checkAdaptedSlopes(x, seed)
		}
	})
}

// checkAdaptedSlopes nudges x, A and B of a larger layer, and looks whether an attempt knows
// how the loss rises.
func checkAdaptedSlopes(x *exercise.X, seed uint64) {
	rng := seeded(670 + seed)
	random := func(rows, cols int) blas32.General {
		m := f32.New(rows, cols)
		gradcheck.Fill(m.Data, rng, 1)
		return m
	}
	layer := attention.Linear{W: random(4, 5), B: random(1, 5).Data}
	change := LowRank{A: random(4, 2), B: random(2, 5), Scale: 3}
	in, dy, y := random(3, 4), random(3, 5), f32.New(3, 5)
	grad, dx := LowRank{A: f32.New(4, 2), B: f32.New(2, 5), Scale: 3}, f32.New(3, 4)
	loss := func() (total float64) { // Σ dy·y, so that dy is its gradient
		merged := attention.Linear{W: f32.New(4, 5), B: layer.B}
		change.Merge(merged.W, layer.W)
		merged.Forward(y, in)
		for i, d := range dy.Data {
			total += float64(d) * float64(y.Data[i])
		}
		return total
	}
	inputs := [][]float32{layer.W.Data, layer.B, change.A.Data, change.B.Data, in.Data, dy.Data}
	var before [][]float32
	for _, data := range inputs {
		before = append(before, slices.Clone(data))
	}
	AdaptedBackward(dx, dy, in, layer, change, &grad)
	x.Equal("W, b, A, B, x and dy afterwards", inputs, before)
	const of = " of 3 rows, W (4,5), rank 2, Scale 3"
	x.Slope("dx"+of, loss, in.Data, dx.Data, 5e-3)
	x.Slope("grad.A"+of, loss, change.A.Data, grad.A.Data, 5e-3)
	x.Slope("grad.B"+of, loss, change.B.Data, grad.B.Data, 5e-3)
}

func TestExercise8_Calibrate(t *testing.T) {
	exercise.Check(t, Calibrate, func(x *exercise.X) {
		Calibrate := exercise.Watch(x, Calibrate)
		rows := func(n int, row ...float32) blas32.General { return f32.View(slices.Repeat(row, n), n, len(row)) }
		wider := blas32.General{Rows: 4, Cols: 2, Stride: 3, Data: slices.Repeat([]float32{4, 0, 1000}, 4)}
		for _, c := range []struct {
			what   string
			logits blas32.General
			labels []int
			want   float64
		}{
			{"four times the logits 4 0, right three times", rows(4, 4, 0), []int{0, 1, 0, 0}, 3.641},
			{"four times the logits 0.5 0, right three times: not sure enough", rows(4, .5, 0), []int{0, 0, 0, 1}, .4551},
			{"four times the logits 2 0 0, right twice", rows(4, 2, 0, 0), []int{0, 0, 1, 2}, 2.8854}, // 2/ln 2
			{"four times the logits 4 0, always right: the colder, the better", rows(4, 4, 0), []int{0, 0, 0, 0}, .01},
			{"four times the logits 4 0, always wrong: the warmer, the better", rows(4, 4, 0), []int{1, 1, 1, 1}, 100},
			{"four times the logits 4 0 in a matrix whose third column is 1000, right three times", wider, []int{0, 1, 0, 0}, 3.641},
		} {
			before := slices.Clone(c.logits.Data)
			got := Calibrate(c.logits, c.labels)
			x.Near("Calibrate of "+c.what, got, c.want, c.want/100)
			x.Equal("the logits afterwards", c.logits.Data, before)
		}
		checkCalibratedAtRandom(x)
	})
}

// checkCalibratedAtRandom draws labels as the logits say, and multiplies these by three.
func checkCalibratedAtRandom(x *exercise.X) {
	rng := seeded(68)
	logits, labels := f32.New(2000, 2), make([]int, 2000)
	for i := range labels {
		row := f32.Row(logits, i)
		gradcheck.Fill(row, rng, 1.5)
		p := slices.Clone(row)
		attention.Softmax(p)
		if rng.Float32() < p[1] {
			labels[i] = 1
		}
		f32.Scale(3, row)
	}
	x.Near("Calibrate of 2000 random pairs of logits, three times as large as the labels justify", Calibrate(logits, labels), 3.0, .3)
}
