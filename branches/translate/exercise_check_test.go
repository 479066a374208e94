package translate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/translate/grammar"
	"github.com/llm-from-scratch/llm/branches/translate/parts"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	"github.com/llm-from-scratch/llm/internal/exercise"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/gradcheck"
)

func TestMain(m *testing.M) { exercise.Main(m) }

func TestExercise1_WriteChinese(t *testing.T) {
	exercise.Check(t, WriteChinese, func(x *exercise.X) {
		WriteChinese := exercise.Watch(x, WriteChinese)
		for _, c := range []struct {
			n    int64
			want string
		}{
			{7, "七"}, {10, "十"}, {12, "十二"}, {20, "二十"}, {99, "九十九"}, {100, "一百"}, {105, "一百零五"}, {110, "一百一十"},
			{111, "一百一十一"}, {1005, "一千零五"}, {1010, "一千零一十"}, {2200, "二千二百"}, {2020, "二千零二十"}, {0, "零"},
			{10_000, "一万"}, {20_300, "二万零三百"}, {100_000, "十万"}, {120_000, "十二万"}, {100_010, "十万零一十"},
			{12_305_000, "一千二百三十万五千"}, {12_300_005, "一千二百三十万零五"}, {100_000_000, "一亿"}, {100_100_000, "一亿零一十万"},
			{1_000_000_010, "十亿零一十"}, {110_000_000, "一亿一千万"}, {10_000_000_005, "一百亿零五"}, {100_001_000, "一亿零一千"},
			{2_222_222_222, "二十二亿二千二百二十二万二千二百二十二"},
		} {
			x.Equal(fmt.Sprint(c.n), WriteChinese(c.n), c.want)
		}
		rng := rand.New(rand.NewPCG(1, 1))
		for range 300 {
			n := rng.Int64N(1e12)
			for range rng.IntN(12) {
				n /= 10
			}
			n -= n / 100 % 1000 * 100 * rng.Int64N(2) // zeros in the middle, now and then
			x.Equal(fmt.Sprint(n), WriteChinese(n), grammar.Chinese(n))
		}
	})
}

func TestExercise2_Wave(t *testing.T) {
	exercise.Check(t, Wave, func(x *exercise.X) {
		Wave := exercise.Watch(x, Wave)
		x.Near("position 1 in four columns", Wave(1, 4), []float32{.8415, .5403, .01, .99995}, 1e-3)
		x.Near("position 0 in six columns", Wave(0, 6), []float32{0, 1, 0, 1, 0, 1}, 1e-3)
		x.Near("position 3 in two columns", Wave(3, 2), []float32{.1411, -.98999}, 1e-3)
		x.Near("position 50 in twelve columns", Wave(50, 12), f32.Row(parts.Positions(51, 12), 50), 1e-3)
		x.Near("positions 3 and 5, and 103 and 105, in 64 columns: their dot product",
			f32.Dot(Wave(3, 64), Wave(5, 64)), f32.Dot(Wave(103, 64), Wave(105, 64)), 1e-2)
	})
}

func TestExercise3_LookAcross(t *testing.T) {
	exercise.Check(t, LookAcross, func(x *exercise.X) {
		LookAcross := exercise.Watch(x, LookAcross)
		inf := float32(math.Inf(1))
		q, k, v := f32.View([]float32{2, 0}, 1, 2), f32.View([]float32{0, 0, .7768, 0, 9, 9}, 3, 2), f32.View([]float32{4, 0, 0, 4, 100, 100}, 3, 2)
		x.Near("the query 2 0, two words and a padding", LookAcross(q, k, v, 2), f32.View([]float32{1, 3}, 1, 2), 1e-3)
		x.Near("the same, one word", LookAcross(q, k, v, 1), f32.View([]float32{4, 0}, 1, 2), 1e-3)
		bad := f32.View([]float32{0, 0, .7768, 0, inf, -inf}, 3, 2)
		x.Near("the same, two words and a padding of infinities", LookAcross(q, bad, bad, 2), f32.View([]float32{.5826, 0}, 1, 2), 1e-3)
		large := f32.View([]float32{0, 0, 5000, 0}, 2, 2)
		x.Near("scores of 0 and 7071", LookAcross(q, large, f32.View([]float32{1, 2, 3, 4}, 2, 2), 2), f32.View([]float32{3, 4}, 1, 2), 1e-3)

		const T, S, D, n = 3, 6, 4, 5
		rng := rand.New(rand.NewPCG(2, 1))
		random := func(rows int) blas32.General {
			m := f32.New(rows, D)
			gradcheck.Fill(m.Data, rng, 1)
			return m
		}
		q, k, v = random(T), random(S), random(S)
		weights, want := f32.New(T, n), f32.New(T, D)
		attention.Weigh(weights, q, f32.Rows(k, 0, n), false)
		attention.Mix(want, weights, f32.Rows(v, 0, n))
		before := slices.Concat(q.Data, k.Data, v.Data)
		x.Near("three random queries, five words and a padding", LookAcross(q, k, v, n), want, 1e-4)
		x.Equal("queries, keys and values afterwards", slices.Concat(q.Data, k.Data, v.Data), before)
	})
}

func TestExercise4_SmoothedGradient(t *testing.T) {
	exercise.Check(t, SmoothedGradient, func(x *exercise.X) {
		SmoothedGradient := exercise.Watch(x, SmoothedGradient)
		for _, c := range []struct {
			logits []float32
			target int
			eps    float64
			want   []float32
		}{
			{[]float32{0, 0}, 0, .2, []float32{-.4, .4}},
			{[]float32{0, 0}, 1, 0, []float32{.5, -.5}},
			{[]float32{0, 0, 0, 0}, 2, .1, []float32{.225, .225, -.675, .225}},
			{[]float32{1.0986, 0}, 0, .5, []float32{0, 0}},
			{[]float32{1000, 0}, 1, .1, []float32{.95, -.95}},
		} {
			before := slices.Clone(c.logits)
			what := fmt.Sprintf("logits %v, the right id %d, eps %v", c.logits, c.target, c.eps)
			x.Near(what, SmoothedGradient(c.logits, c.target, c.eps), c.want, 1e-3)
			x.Equal("the logits afterwards", c.logits, before)
		}
		at := make([]float32, 7)
		gradcheck.Fill(at, rand.New(rand.NewPCG(3, 1)), 2)
		loss := func() float64 {
			return parts.Smoothed(f32.View(slices.Clone(at), 1, len(at)), []int{4}, -1, .1, false, 1)
		}
		x.Slope("seven random logits", loss, at, SmoothedGradient(at, 4, .1), 5e-3)
	})
}

func TestExercise5_BeamSearch(t *testing.T) {
	exercise.Check(t, BeamSearch, func(x *exercise.X) {
		BeamSearch := exercise.Watch(x, BeamSearch)
		// The likeliest first id is 1, but behind it all is uncertain, and behind 2 nothing.
		tree := map[string][]float64{
			"[]": {.1, .5, .4}, "[1]": {.35, .33, .32}, "[2]": {.04, .01, .95}, "[2 2]": {.9, .06, .04},
			"[1 1]": {.5, .3, .2}, "[1 2]": {.6, .3, .1},
		}
		next := func(text []int) []float64 {
			p, ok := tree[fmt.Sprint(text)]
			if !ok {
				p = []float64{.98, .013, .007}
			}
			logs := make([]float64, len(p))
			for id := range p {
				logs[id] = math.Log(p[id])
			}
			return logs
		}
		const story = "behind 1 all is uncertain, behind 2 comes 2: "
		x.Equal(story+"width 1", BeamSearch(next, 1, 6, 0), []int{1, 0})
		x.Equal(story+"width 2", BeamSearch(next, 2, 6, 0), []int{2, 2, 0})
		x.Equal(story+"width 2, one round", BeamSearch(next, 2, 1, 0), []int(nil))
		x.Equal(story+"width 3, one round", BeamSearch(next, 3, 1, 0), []int{0})

		// The shortest text is the likeliest, and the longest has the best mean.
		short := func(text []int) []float64 {
			p := [][]float64{{.45, .55}, {.3, .7}, {.9, .1}}[min(len(text), 2)]
			return []float64{math.Log(p[0]), math.Log(p[1])}
		}
		const other = "the end has 0.45 at first, 0.3 after one id and 0.9 later: "
		x.Equal(other+"alpha 0", BeamSearch(short, 2, 8, 0), []int{0})
		x.Equal(other+"alpha 1", BeamSearch(short, 2, 8, 1), []int{1, 1, 0})
		x.Equal(other+"alpha 1, two rounds", BeamSearch(short, 2, 2, 1), []int{0})
		x.Equal(other+"alpha 1, width 1", BeamSearch(short, 1, 8, 1), []int{1, 1, 0})
	})
}
