package main

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/corpus"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/figures"
)

// surprise is the loss of one token over the probability that it had: of the
// chapter's three, and of the first guess of the recorded run.
func surprise(docs string) ([]byte, error) {
	seen, err := recorded(docs, "newton.csv", "validation_loss", "")
	if err != nil {
		return nil, err
	}
	s := figures.NewSketch(262, "The loss of a token, −log p",
		"It is 0 for a probability of 1 and climbs ever faster as the probability falls.")
	p := panel{s, 40, 36, 296, 190, 0, 1, 0, 7.4}
	p.axes("0", "1", "0", "7")
	s.Note(188, 252, "middle", "probability p of the token that came")
	var xs, ys []float64
	for x := 1. / 1500; x < 1.05; x *= 1.06 {
		xs, ys = append(xs, min(x, 1)), append(ys, -math.Log(min(x, 1)))
	}
	p.curve(figures.Probability, xs, ys)
	for _, guess := range []struct {
		logits []float32
		target int
		note   string
	}{
		{make([]float32, 1024), 0, fmt.Sprintf("; the run began with %.3f", seen.Y[0])},
		{[]float32{1, 2, 3}, 0, ""}, {[]float32{0, 0, 0}, 1, ""}, {[]float32{1, 2, 3}, 2, ""},
	} {
		y := pretrain.CrossEntropy(f32.View(guess.logits, 1, len(guess.logits)), []int{guess.target})
		px, py := p.mark(figures.Gradient, math.Exp(-y), y)
		s.Note(min(px+8, 228), py-9, "start", fmt.Sprintf("p %.4f: loss %.4f", math.Exp(-y), y)+guess.note)
	}
	return s.SVG(), nil
}

// descents are four ways down the chapter's bowl, 50x² + y²/2, from (1, 1).
func descents() []byte {
	s := figures.NewSketch(404, "Four ways down one bowl, in 50 steps",
		"With too large a rate x leaps outward; with half of it x is at once at 0, and y creeps; momentum and AdamW bring both near 0.")
	for i, way := range []struct {
		name           string
		rate, momentum float64
	}{{"rate 0.0205", 0.0205, 0}, {"rate 0.01", 0.01, 0}, {"momentum 0.9", 0.01, 0.9}, {"AdamW", 0.04, -1}} {
		p := panel{s, 4 + 176*float64(i%2), 46 + 190*float64(i/2), 168, 136, -1.6, 1.6, -1.1, 1.15}
		s.Note(p.left, p.top-6, "start", way.name)
		for _, level := range []float64{0.05, 0.5, 12.5, 50} { // in the height of the bowl
			var xs, ys []float64
			for a := math.Pi / 2; a <= 2.5*math.Pi+0.01; a += math.Pi / 48 {
				xs, ys = append(xs, math.Sqrt(level/50)*math.Cos(a)), append(ys, math.Sqrt(2*level)*math.Sin(a))
			}
			p.curve(figures.Frozen, xs, ys)
		}
		xs, ys := descend(way.rate, way.momentum)
		p.curve(figures.Gradient, xs, ys)
		p.mark(figures.Trained, 0, 0)
		s.Note(p.left, p.top+p.height+14, "start", fmt.Sprintf("ends at x %.2f, y %.2f", xs[50], ys[50]))
	}
	return s.SVG()
}

// descend is the chapter's example step by step; a negative momentum stands for AdamW.
func descend(rate, momentum float64) (xs, ys []float64) {
	at := []gpt.Param{{Name: "xy", Shape: []int{2}, Data: []float32{1, 1}}}
	slope := []gpt.Param{{Name: "xy", Shape: []int{2}, Data: []float32{0, 0}}}
	adamw := pretrain.NewOptimizer(pretrain.AdamW{Beta1: 0.9, Beta2: 0.95, Epsilon: 1e-8}, at, slope)
	w, g, m := at[0].Data, slope[0].Data, [2]float64{}
	for range 51 {
		xs, ys = append(xs, float64(w[0])), append(ys, float64(w[1]))
		g[0], g[1] = 100*w[0], w[1]
		if momentum < 0 {
			adamw.Step(rate, 1)
			continue
		}
		for i := range m {
			m[i] = momentum*m[i] + float64(g[i])
			w[i] -= float32(rate * m[i])
		}
	}
	return xs, ys
}

// schedule is that of the chapter's example, with the steps that it prints.
func schedule() []byte {
	s := figures.NewSketch(230, "Warm-up, then half a cosine", "The rate climbs to 0.001 in ten steps and falls to 0.0001 in the ninety after them.")
	rule := pretrain.Schedule{Peak: 1e-3, Min: 1e-4, Warmup: 10, Total: 100}
	p := panel{s, 52, 40, 284, 150, 0, 100, 0, 1.1e-3}
	p.axes("0", "100", "0", "0.0011")
	s.Note(194, 220, "middle", "step")
	var xs, ys []float64
	for step := range rule.Total {
		xs, ys = append(xs, float64(step)), append(ys, rule.Rate(step))
	}
	p.curve(figures.Trained, xs, ys)
	for _, step := range []int{0, 4, 9, 55, 99} {
		x, y := p.mark(figures.Gradient, float64(step), rule.Rate(step))
		s.Note(min(x+6, 296), y-8, "start", fmt.Sprintf("%.6f", rule.Rate(step)))
	}
	return s.SVG()
}

// cuts are samplers at work on the words that follow "the Rays" in the Opticks.
func cuts(string) ([]byte, error) {
	words, logits, err := after("the", "Rays")
	if err != nil {
		return nil, err
	}
	const shown, row = 11, 22.0
	s := figures.NewSketch(90+row*shown, "What follows “the Rays” in the Opticks",
		"The likeliest words, and how temperature, top-k, top-p and min-p change the chance of each.")
	for i, word := range words[:shown] {
		s.Note(68, 76+row*float64(i), "end", word)
	}
	for i, way := range []struct {
		name    []string
		sampler pretrain.Sampler
	}{
		{[]string{"T", "1"}, pretrain.Sampler{Temperature: 1}}, {[]string{"T", "0.5"}, pretrain.Sampler{Temperature: 0.5}}, {[]string{"T", "2"}, pretrain.Sampler{Temperature: 2}},
		{[]string{"top-k", "3"}, pretrain.Sampler{Temperature: 1, TopK: 3}}, {[]string{"top-p", "0.5"}, pretrain.Sampler{Temperature: 1, TopP: 0.5}},
		{[]string{"min-p", "0.1"}, pretrain.Sampler{Temperature: 1, MinP: 0.1}},
	} {
		x := 74 + 46*float64(i)
		s.Note(x+22, 40, "middle", way.name...)
		ids, probabilities := way.sampler.Candidates(logits)
		for j := range min(shown, len(ids)) {
			y := 62 + row*float64(j)
			s.Box(x, y, max(32*float64(probabilities[j]), 1), row-4, figures.Probability)
			s.Note(x+44, y+13, "end", fmt.Sprintf("%.2f", probabilities[j]))
		}
		s.Note(x+22, 78+row*shown, "middle", fmt.Sprintf("%d", len(ids)))
	}
	s.Note(68, 78+row*shown, "end", "words left")
	return s.SVG(), nil
}

// after counts the words after two others. The logit of each is the logarithm of
// its count, of which the softmax makes its frequency.
func after(first, second string) (words []string, logits []float32, err error) {
	text, err := corpus.Read("")
	count, all := map[string]float64{}, strings.Fields(text.Text)
	for i := range len(all) - 2 {
		if all[i] == first && all[i+1] == second {
			count[strings.Trim(all[i+2], ".,;:()_")]++
		}
	}
	words = slices.SortedFunc(maps.Keys(count), func(a, b string) int { return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b)) })
	for _, w := range words {
		logits = append(logits, float32(math.Log(count[w])))
	}
	return words, logits, err
}
