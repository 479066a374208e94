package main

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/cmd/reproduce/torchrand"
	"github.com/llm-from-scratch/llm/internal/f32"
)

const (
	batchSize  = 2
	windowSize = 256
)

// start is how the samples begin: "Every effort moves you".
var start = []int{6109, 3626, 6100, 345}

// A verdict is Edith Wharton's story as the book trains on it.
type verdict struct{ train, validation embeddings.Windows }

// readVerdict cuts the story in two, by characters, and each part in windows.
func readVerdict(lab *Lab) verdict {
	learn, watch := pretrain.SplitText(lab.read(theVerdict), .9)
	cut := func(text string) embeddings.Windows {
		return must(embeddings.NewWindows(lab.GPT2.Encode(text), windowSize, windowSize))
	}
	return verdict{cut(learn), cut(watch)}
}

// batches are windows in the given order. A batch is valid until the next one.
func batches(w embeddings.Windows, order []int) iter.Seq[embeddings.Batch] {
	return func(yield func(embeddings.Batch) bool) {
		b := embeddings.Batch{B: batchSize, T: windowSize}
		for chosen := range slices.Chunk(order, batchSize) {
			b.Inputs, b.Targets = b.Inputs[:0], b.Targets[:0]
			for _, i := range chosen {
				input, target := w.At(i)
				b.Inputs, b.Targets = append(b.Inputs, input...), append(b.Targets, target...)
			}
			if len(chosen) < batchSize || !yield(b) {
				return
			}
		}
	}
}

// evaluate is the book's evaluate_model: the mean losses of the first batches of
// both parts. The loaders draw from g, although nothing here is trained.
func (v verdict) evaluate(l pretrain.Learner, g *torchrand.Generator, most int) (train, validation float64) {
	train, _ = pretrain.Evaluate(l, batches(v.train, g.Loader(v.train.Len(), true)), most)
	validation, _ = pretrain.Evaluate(l, batches(v.validation, g.Loader(v.validation.Len(), false)), most)
	return train, validation
}

// losses are those of a model on all of The Verdict.
func losses(lab *Lab, m *gpt.Model) []any {
	train, validation := readVerdict(lab).evaluate(pretrain.NewLanguageModel(m, gpt.Frozen, batchSize, windowSize), torchrand.New(seed), 0)
	return []any{train, validation}
}

// pretrainWindows is cell 57: The Verdict cut into training and validation text,
// by characters, and the batches of both.
func pretrainWindows(lab *Lab) {
	story := lab.read(theVerdict)
	lab.all("ch05[57]", len([]rune(story)), len(lab.GPT2.Encode(story)))
	train, validation := pretrain.SplitText(story, .9)
	total := 0
	for _, c := range []struct{ part, text string }{{"training", train}, {"validation", validation}} {
		lab.is("ch05[57] "+c.part+" characters", len([]rune(c.text)))
		ids := lab.GPT2.Encode(c.text)
		lab.is("ch05[57] "+c.part+" tokens", len(ids))
		w := must(embeddings.NewWindows(ids, windowSize, windowSize))
		lab.is("ch05[57] "+c.part+" windows", w.Len())
		count, read := 0, 0
		for b := range w.Batches(batchSize, nil) {
			lab.all("ch05[62]", shape(b.B, len(b.Inputs)/b.B), shape(b.B, len(b.Targets)/b.B))
			count, read = count+1, read+len(b.Inputs)
		}
		lab.is("ch05[57] "+c.part+" batches", count)
		lab.is("ch05[64] "+c.part+" tokens read", read)
		total += read
	}
	lab.is("ch05[64] tokens read", total)
	lab.is("ch05[57] order of the first epoch", torchrand.New(seed).Loader(18, true))
}

// untrainedLoss is what chapter 5 computes before it trains.
func untrainedLoss(lab *Lab) {
	lab.path(theVerdict) // where it is missing, nothing need be drawn
	m := newGPT(gpt124M(windowSize), torchrand.New(seed))
	lab.is("ch05[15] greedy after Every effort moves you", take(m.Greedy(start), 10))
	twoRows(lab, m)
	lab.all("ch05[71]", losses(lab, m)...)
}

// twoRows follows two inputs of three tokens from logits to perplexity.
func twoRows(lab *Lab, m *gpt.Model) {
	inputs, targets := []int{16833, 3626, 6100, 40, 1107, 588}, []int{3626, 6100, 345, 1107, 588, 11311}
	hidden := m.NewPass(gpt.Frozen, 2, 3).Forward(inputs, 3, nil)
	p := f32.New(hidden.Rows, m.Config.Vocab)
	m.Logits(p, hidden)
	loss := pretrain.CrossEntropy(p, targets)
	attention.SoftmaxRows(p)
	var chosen, logs []float64
	for i, target := range targets {
		chosen = append(chosen, float64(f32.Row(p, i)[target]))
		logs = append(logs, math.Log(chosen[i]))
	}
	lab.is("ch05[26] likeliest ids", answers(p))
	lab.is("ch05[32] probability", chosen)
	lab.why(len(chosen), nearby)
	lab.is("ch05[34] log probability", logs)
	lab.is("ch05[47] loss", loss)
	lab.is("ch05[49] perplexity", float32(pretrain.Perplexity(float64(float32(loss)))))
}

// nearby explains a row by rounding, if it takes no more than a few float32s until
// it would be equal: what other orders of the same sums differ by.
func nearby(r Row) string {
	const few = 8
	want, _ := strconv.ParseFloat(r.Published, 64)
	ours := float32(want + r.Off)
	for n := range few {
		ours = math.Nextafter32(ours, ours-float32(r.Off))
		if number(r.Where, r.Published, float64(ours)).Equal {
			return fmt.Sprintf("rounding: it would be equal %d float32s further on", n+1)
		}
	}
	return ""
}

// The nine words of cells 91 to 111, and their logits.
var (
	nineWords  = strings.Fields("closer every effort forward inches moves pizza toward you")
	nineLogits = []float32{4.51, .89, -1.90, 6.75, 1.63, -1.62, -1.89, 6.28, 1.79}
)

// sampling is cells 91 to 111 and exercise 5.1.
func sampling(lab *Lab) {
	pizza := slices.Index(nineWords, "pizza")
	lab.is("ch05[92] likeliest", nineWords[gpt.Argmax(nineLogits)])
	for _, c := range []struct {
		cell, name  string
		temperature float32
	}{{"ch05[94] ", "T=1", 1}, {"ch05[98] ", "T=0.1", .1}, {"ch05[98] ", "T=5", 5}} {
		p := distribution(pretrain.Sampler{Temperature: c.temperature}, nineLogits)
		lab.is(c.cell+c.name+" probabilities", p)
		counts, g := make([]int, len(p)), torchrand.New(seed)
		for range 1000 {
			counts[g.Multinomial(p)]++
		}
		lab.is(c.cell+c.name+" 1000 draws", counts)
		lab.is("ch05 exercise 5.1 "+c.name+" pizza", counts[pizza])
	}
	lab.is("ch05 exercise 5.1 T=5 probability of pizza", distribution(pretrain.Sampler{Temperature: 5}, nineLogits)[pizza])
	first := torchrand.New(seed).Multinomial(distribution(pretrain.Sampler{Temperature: 1}, nineLogits))
	lab.is("ch05[94] first draw", nineWords[first])

	top := pretrain.Sampler{Temperature: 1, TopK: 3}
	ids, p := top.Candidates(nineLogits)
	lab.is("ch05[108] top 3 at", ids)
	lab.each("ch05[108] top logit %d", func(i int) any { return nineLogits[ids[i]] })
	lab.all("ch05[111]", p, distribution(top, nineLogits))
	greedy, _ := pretrain.Sampler{}.Candidates(nineLogits)
	lab.is("ch05 exercise 5.3 choices with temperature 0", greedy)
	one, _ := pretrain.Sampler{Temperature: 1, TopK: 1}.Candidates(nineLogits)
	lab.is("ch05 exercise 5.3 choices with top_k 1", one)
}

// distribution is the probability of each token.
func distribution(s pretrain.Sampler, logits []float32) []float32 {
	all := make([]float32, len(logits))
	ids, p := s.Candidates(logits)
	for i, id := range ids {
		all[id] = p[i]
	}
	return all
}

// gpt2Text is cells 134 to 145 of chapter 5, cells 46 and 48 of chapter 6, and what
// others have recorded of GPT-2.
func gpt2Text(lab *Lab) {
	m := lab.weights(gpt2)
	wte := m.Embedding.Tokens
	lab.all("ch05[136]", ends(f32.Row(wte, 0)), f32.Row(wte, 1)[:3], ends(f32.Row(wte, wte.Rows-1)))

	for _, c := range []struct {
		where, prompt string
		n             int
	}{
		{"ch05", "Every effort moves", 30}, {"ch06[46]", "Every effort moves you", 15},
		{"picoGPT", "Alan Turing theorized that computers would one day become", 40},
	} {
		lab.is(c.where+" greedy after "+c.prompt, lab.GPT2.Decode(take(m.Greedy(lab.GPT2.Encode(c.prompt)), c.n)))
	}
	g, sampler := torchrand.New(seed), pretrain.Sampler{Temperature: 1.5, TopK: 50}
	drawn := gpt.Continue(m, m.NewCache(), start, func(logits []float32, _ []int) int { return g.Multinomial(distribution(sampler, logits)) })
	lab.is("ch05[145] drawn after Every effort moves you", lab.GPT2.Decode(take(drawn, 25)))

	for i, c := range []struct{ prompt, ids []int }{
		{[]int{6601, 32704, 795, 30132, 2985, 284}, []int{38350, 2251, 766, 787, 3538}},
		{[]int{8001, 9542, 9345, 318, 25449, 262}, []int{835, 995}},
		{[]int{1722, 262, 40663, 373, 13885, 262}, []int{5440}},
		{[]int{2202, 262, 36043, 5440, 484, 5071, 257}, []int{6283}},
		{[]int{40, 31909, 50035, 4495, 11330, 262}, []int{6817}},
	} {
		logits := m.NewCache().Extend(c.prompt)
		likeliest, _ := pretrain.Sampler{Temperature: 1, TopK: len(c.ids)}.Candidates(logits)
		lab.is(fmt.Sprintf("transformer-explainer %d likeliest", i), likeliest)
		var chosen []float32
		for _, id := range c.ids {
			chosen = append(chosen, logits[id])
		}
		lab.is(fmt.Sprintf("transformer-explainer %d logit", i), chosen)
		lab.why(len(chosen), func(r Row) string {
			if math.Abs(r.Off) < .02 {
				return "recorded from another program, perhaps with weights of one byte"
			}
			return ""
		})
	}
}

// gpt2Loss is exercise 5.5. Of the sixteen digits in the book the notebook's next
// version changed all but these.
func gpt2Loss(lab *Lab) {
	lab.all("ch05 exercise 5.5", losses(lab, lab.weights(gpt2))...)
}
