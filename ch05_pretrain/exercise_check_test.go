package pretrain

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/llm-from-scratch/llm/internal/exercise"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/gradcheck"
)

func TestMain(m *testing.M) { exercise.Main(m) }

func TestExercise1_TextPerplexity(t *testing.T) {
	exercise.Check(t, TextPerplexity, func(x *exercise.X) {
		TextPerplexity := exercise.Watch(x, TextPerplexity)
		for _, c := range []struct {
			probabilities []float64
			want          float64
		}{
			{[]float64{.5, .125}, 4},
			{[]float64{.25}, 4},
			{[]float64{1, 1, 1}, 1},
			{[]float64{.0900, .2447, .6652}, 4.0861}, // (0.0900·0.2447·0.6652)^(-1/3)
			{[]float64{.5, 0}, math.Inf(1)},
			{nil, math.NaN()},
		} {
			x.Near(fmt.Sprintf("TextPerplexity(%v)", c.probabilities), TextPerplexity(c.probabilities), c.want, 1e-3)
		}
		x.Near("TextPerplexity of a thousand times 0.001", TextPerplexity(slices.Repeat([]float64{.001}, 1000)), 1000.0, 1e-6)
	})
}

func TestExercise2_BitsPerByte(t *testing.T) {
	exercise.Check(t, BitsPerByte, func(x *exercise.X) {
		BitsPerByte := exercise.Watch(x, BitsPerByte)
		bit := math.Ln2
		x.Near(`losses 1.3863 0.6931 of "light" " of"`, BitsPerByte([]float64{1.3863, 0.6931}, []string{"light", " of"}), 0.3750, 1e-4)
		x.Near(`8 bits for "光", three bytes, and 1 bit for "!!!!!!"`, BitsPerByte([]float64{8 * bit, bit}, []string{"光", "!!!!!!"}), 1.0, 1e-9)
		x.Near(`5 bits for "a"`, BitsPerByte([]float64{5 * bit}, []string{"a"}), 5.0, 1e-9)
		x.Equal("no tokens at all", BitsPerByte(nil, nil), 0.0)

		// One text, guessed equally well by words and by letters.
		words := BitsPerByte([]float64{6 * bit, 6 * bit}, []string{"red", "ray"})
		letters := BitsPerByte([]float64{2 * bit, 2 * bit, 2 * bit, 2 * bit, 2 * bit, 2 * bit}, []string{"r", "e", "d", "r", "a", "y"})
		x.Near("6 bits for each of 2 words of 3 letters", words, 2.0, 1e-9)
		x.Near("2 bits for each of 6 letters", letters, 2.0, 1e-9)
	})
}

func TestExercise3_RowLoss(t *testing.T) {
	exercise.Check(t, RowLoss, func(x *exercise.X) {
		RowLoss := exercise.Watch(x, RowLoss)
		for _, c := range []struct {
			logits []float32
			target int
			want   float64
		}{
			{[]float32{1, 2, 3}, 0, 2.4076},
			{[]float32{1, 2, 3}, 2, .4076},
			{[]float32{0, 0, 0}, 1, 1.0986},
			{[]float32{200, 0}, 0, 0},
			{[]float32{200, 0}, 1, 200},
			{[]float32{1000, 1000}, 1, .6931},
			{[]float32{1e6, 0}, 1, 1e6},
			{[]float32{-1000, -1000}, 0, .6931},
			{[]float32{42}, 0, 0},
		} {
			before := slices.Clone(c.logits)
			what := fmt.Sprintf("RowLoss of the logits %v and the target %d", c.logits, c.target)
			x.Near(what, RowLoss(c.logits, c.target), c.want, 1e-3)
			x.Equal("the logits afterwards", c.logits, before)
		}
		rng := rand.New(rand.NewPCG(5, 3))
		for range 20 {
			logits := make([]float32, 50)
			gradcheck.Fill(logits, rng, 30)
			x.Near("RowLoss of 50 random logits, and CrossEntropy", RowLoss(logits, 7), CrossEntropy(f32.View(logits, 1, 50), []int{7}), 1e-3)
		}
	})
}

func TestExercise4_MomentumStep(t *testing.T) {
	exercise.Check(t, MomentumStep, func(x *exercise.X) {
		MomentumStep := exercise.Watch(x, MomentumStep)
		p, g, m := []float32{1}, []float32{100}, []float32{0}
		MomentumStep(p, g, m, .01, .9)
		x.Near("p after the gradient 100", p, []float32{0}, 1e-5)
		x.Near("m after the gradient 100", m, []float32{100}, 1e-4)
		x.Equal("g afterwards", g, []float32{0})
		MomentumStep(p, g, m, .01, .9)
		x.Near("p after the gradients 100 and 0", p, []float32{-.9}, 1e-5)
		x.Near("m after the gradients 100 and 0", m, []float32{90}, 1e-4)

		p, g, m = []float32{1, 2, 3}, []float32{1, 0, -2}, []float32{0, 10, 4}
		MomentumStep(p, g, m, .5, .5)
		x.Near("p of three weights, with m = 0 10 4 before", p, []float32{.5, -.5, 3}, 1e-5)
		x.Near("m of three weights, with m = 0 10 4 before", m, []float32{1, 5, 0}, 1e-5)
		p, g = []float32{1, 1}, []float32{3, -3}
		MomentumStep(p, g, []float32{8, 8}, .1, 0)
		x.Near("p with a keep of 0, which is plain descent", p, []float32{.7, 1.3}, 1e-5)
		MomentumStep(nil, nil, nil, .1, .9)

		// The third line of the chapter's example: x and y of 50x² + y²/2, fifty steps.
		p, m = []float32{1, 1}, []float32{0, 0}
		for range 50 {
			MomentumStep(p, []float32{100 * p[0], p[1]}, m, .01, .9)
		}
		x.Near("the bowl of the chapter's example after 50 steps", p, []float32{-.05, -.06}, 6e-3)
	})
}

func TestExercise5_MendedAdamW(t *testing.T) {
	exercise.Check(t, MendedAdamW, func(x *exercise.X) {
		MendedAdamW := exercise.Watch(x, MendedAdamW)
		p, g, m, v := []float64{1}, []float64{2}, []float64{0}, []float64{0}
		MendedAdamW(p, g, m, v, .01, 1)
		x.Near("p after the gradient 2 in step 1", p, []float64{.989}, 1e-6)
		x.Near("m after the gradient 2 in step 1", m, []float64{.2}, 1e-9)
		x.Near("v after the gradient 2 in step 1", v, []float64{.2}, 1e-9)
		x.Equal("g afterwards", g, []float64{0})

		p, g, m, v = []float64{0, 0, 0}, nil, make([]float64, 3), make([]float64, 3)
		for t := 1; t <= 3; t++ {
			g = []float64{5, -1e-6, 0}
			MendedAdamW(p, g, m, v, .001, t)
			length := float64(t) * .001
			x.Near(fmt.Sprintf("p after step %d with the gradients 5, -0.000001 and 0: each step has the length of the rate", t), p, []float64{-length, length, 0}, 5e-5)
		}

		p, g, m, v = []float64{10}, []float64{0}, []float64{0}, []float64{0}
		MendedAdamW(p, g, m, v, .5, 1)
		x.Near("p = 10 after a gradient of 0 and a rate of 0.5: decay alone", p, []float64{9.5}, 1e-6)
		checkAdamWAtRandom(x)
	})
}

// checkAdamWAtRandom compares an attempt with AdamW.Update over twenty steps.
func checkAdamWAtRandom(x *exercise.X) {
	rng := rand.New(rand.NewPCG(5, 5))
	const n = 4
	want, g, m, v := make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)
	gradcheck.Fill(want, rng, 1)
	got, gotM, gotV := doubles(want), make([]float64, n), make([]float64, n)
	for t := 1; t <= 20; t++ {
		gradcheck.Fill(g, rng, .1)
		gotG := doubles(g)
		MendedAdamW(got, gotG, gotM, gotV, .01, t)
		DefaultAdamW.Update(want, g, m, v, .01, 1, t)
		x.Near(fmt.Sprintf("four random weights after %d steps, and what AdamW.Update makes of them", t), got, doubles(want), 1e-4)
	}
}

// doubles are the same numbers as float64s.
func doubles(values []float32) []float64 {
	var out []float64
	for _, v := range values {
		out = append(out, float64(v))
	}
	return out
}

func TestExercise6_TenTimes(t *testing.T) {
	exercise.Check(t, TenTimes, func(x *exercise.X) {
		TenTimes := exercise.Watch(x, TenTimes)
		loss := TenTimes()
		x.True(loss != 5.250308, "5.250308 is the training loss of step 400; the validation loss stands behind it in the same line")
		x.Found(loss, "experiment-5.6.txt", 0.15)
	})
}

func TestExercise7_Nucleus(t *testing.T) {
	exercise.Check(t, Nucleus, func(x *exercise.X) {
		Nucleus := exercise.Watch(x, Nucleus)
		for _, c := range []struct {
			probabilities []float64
			p             float64
			want          []float64
		}{
			{[]float64{.2, .5, 0, .3}, .75, []float64{0, .625, 0, .375}},
			{[]float64{.2, .5, 0, .3}, .25, []float64{0, 1, 0, 0}},
			{[]float64{.2, .5, 0, .3}, 0, []float64{0, 1, 0, 0}},
			{[]float64{.2, .5, 0, .3}, 1, []float64{.2, .5, 0, .3}},
			{[]float64{.25, .5, .25}, .5, []float64{0, 1, 0}}, // reaches p exactly
			{[]float64{.25, .25, .25, .25}, .5, []float64{.5, .5, 0, 0}},
			{[]float64{.125, .375, .125, .375}, .75, []float64{0, .5, 0, .5}},
			{[]float64{1}, .9, []float64{1}},
		} {
			before := slices.Clone(c.probabilities)
			x.Near(fmt.Sprintf("Nucleus(%v, %v)", c.probabilities, c.p), Nucleus(c.probabilities, c.p), c.want, 1e-9)
			x.Equal("the probabilities afterwards", c.probabilities, before)
		}
		rng := rand.New(rand.NewPCG(5, 7))
		for range 20 {
			checkNucleusAtRandom(x, rng)
		}
	})
}

// checkNucleusAtRandom compares an attempt with the candidates of a Sampler.
func checkNucleusAtRandom(x *exercise.X, rng *rand.Rand) {
	logits := make([]float32, 30)
	gradcheck.Fill(logits, rng, 1.5)
	order, all := Sampler{Temperature: 1}.Candidates(logits)
	ids, cut := Sampler{Temperature: 1, TopP: .8}.Candidates(logits)
	probabilities, want := make([]float64, 30), make([]float64, 30)
	for i, id := range order {
		probabilities[id] = float64(all[i])
	}
	for i, id := range ids {
		want[id] = float64(cut[i])
	}
	x.Near("Nucleus of 30 random probabilities and 0.8, and what a Sampler keeps", Nucleus(probabilities, .8), want, 1e-5)
}

func TestExercise8_SmoothedBackward(t *testing.T) {
	exercise.Check(t, SmoothedBackward, func(x *exercise.X) {
		SmoothedBackward := exercise.Watch(x, SmoothedBackward)
		logits := []float32{1, 2, 3}
		x.Near("logits 1 2 3, target 0, smoothing 0.3", SmoothedBackward(logits, 0, 0.3), []float32{-0.7100, 0.1447, 0.5652}, 1e-4)
		x.Equal("the logits afterwards", logits, []float32{1, 2, 3})
		x.Near("logits 1 2 3, target 0, smoothing 0", SmoothedBackward(logits, 0, 0), []float32{-0.9100, 0.2447, 0.6652}, 1e-4)
		x.Near("logits 0 0 0 0, target 2, smoothing 0.4", SmoothedBackward(make([]float32, 4), 2, 0.4), []float32{.15, .15, -.45, .15}, 1e-5)
		x.Near("one logit, 7, target 0, smoothing 0.3", SmoothedBackward([]float32{7}, 0, 0.3), []float32{0}, 1e-5)
		x.Near("logits 1000 1000, target 1, smoothing 0.2", SmoothedBackward([]float32{1000, 1000}, 1, 0.2), []float32{0.4, -0.4}, 1e-5)

		in, target, smoothing := []float32{.5, -1.5, 2, .3, -.7}, 1, 0.25
		loss := func() float64 {
			var sum, total float64
			for _, v := range in {
				sum += math.Exp(float64(v))
			}
			for j, v := range in {
				wanted := smoothing / float64(len(in))
				if j == target {
					wanted += 1 - smoothing
				}
				total -= wanted * (float64(v) - math.Log(sum))
			}
			return total
		}
		x.Slope("logits 0.5 -1.5 2 0.3 -0.7, target 1, smoothing 0.25", loss, in, SmoothedBackward(in, target, float32(smoothing)), 5e-3)
	})
}

// chances are logits whose softmax is p, lifted so high that their exponentials overflow.
func chances(lift float64, p ...float64) []float32 {
	var logits []float32
	for _, q := range p {
		logits = append(logits, float32(math.Log(q)+lift))
	}
	return logits
}

// checkBegins looks whether the logits after a text are asked with the prompt in front.
func checkBegins(x *exercise.X, text, prompt []int) {
	begins := len(text) >= len(prompt) && slices.Equal(text[:len(prompt)], prompt)
	x.True(begins, "logits was given the text %v, which does not begin with the prompt %v", text, prompt)
}

func TestExercise9_BeamSearch(t *testing.T) {
	exercise.Check(t, BeamSearch, func(x *exercise.X) {
		BeamSearch := exercise.Watch(x, BeamSearch)
		prompt := []int{7, 9}
		logits := func(text []int) []float32 {
			checkBegins(x, text, prompt)
			switch text[len(text)-1] {
			case 9:
				return chances(900, .6, .4)
			case 0:
				return chances(800, .5, .5)
			default:
				return chances(3, 1, 1e-9)
			}
		}
		x.Equal("the example, n 2 and width 1", BeamSearch(logits, prompt, 2, 1), []int{0, 0})
		x.Equal("the example, n 2 and width 2", BeamSearch(logits, prompt, 2, 2), []int{1, 0})
		x.Equal("the example, n 2 and width 100, more than there are", BeamSearch(logits, prompt, 2, 100), []int{1, 0})
		x.Equal("the example, n 1 and width 2", BeamSearch(logits, prompt, 1, 2), []int{0})
		x.Equal("the example, n 0 and width 2", BeamSearch(logits, prompt, 0, 2), []int(nil))
		x.Equal("the prompt afterwards", prompt, []int{7, 9})
		same := func([]int) []float32 { return []float32{4, 4, 4} }
		x.Equal("all texts equally likely, n 3 and width 5", BeamSearch(same, prompt, 3, 5), []int{0, 0, 0})
		for seed := range uint64(10) {
			checkBeamsAtRandom(x, seed)
		}
	})
}

// checkBeamsAtRandom lets an attempt search among 3 tokens and 5 steps: with all beams it
// must find the likeliest text, with one what greedy finds, and never ask too often.
func checkBeamsAtRandom(x *exercise.X, seed uint64) {
	const V, n = 3, 5
	asked, prompt := 0, []int{1, 2}
	logits := func(text []int) []float32 {
		checkBegins(x, text, prompt)
		asked++
		h := fnv.New64()
		fmt.Fprint(h, text)
		row := make([]float32, V)
		gradcheck.Fill(row, rand.New(rand.NewPCG(seed, h.Sum64())), 2)
		return row
	}
	var greedy, best []int
	for range n {
		row := logits(slices.Concat(prompt, greedy))
		greedy = append(greedy, slices.IndexFunc(row, func(l float32) bool { return l == slices.Max(row) }))
	}
	least := math.Inf(1)
	for code := range 243 {
		ids := []int{code / 81, code / 27 % 3, code / 9 % 3, code / 3 % 3, code % 3}
		var loss float64
		for i, id := range ids {
			loss += CrossEntropy(f32.View(logits(slices.Concat(prompt, ids[:i])), 1, V), []int{id})
		}
		if cmp.Less(loss, least) {
			best, least = ids, loss
		}
	}
	of := fmt.Sprintf("random logits, seed %d, n 5 and width ", seed)
	x.Equal(of+"1, and what greedy finds", BeamSearch(logits, prompt, n, 1), greedy)
	x.Equal(of+"243, and the likeliest of all 243 texts", BeamSearch(logits, prompt, n, 243), best)
	asked = 0
	BeamSearch(logits, prompt, n, 2)
	x.True(asked <= 1+2*(n-1), "%s2: it asked for logits %d times, and no step has more than two beams", of, asked)
}
