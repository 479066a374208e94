package main

import (
	"context"
	"fmt"
	"iter"
	"math"
	"slices"
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

// A verdict is Edith Wharton's story as the book trains on it.
type verdict struct{ train, validation embeddings.Windows }

// readVerdict cuts the story in two, by characters, and each part in windows.
func readVerdict(lab *Lab) (v verdict, err error) {
	story, err := lab.read(theVerdict)
	if err != nil {
		return v, err
	}
	learn, watch := pretrain.SplitText(story, .9)
	if v.train, err = embeddings.NewWindows(lab.GPT2.Encode(learn), windowSize, windowSize); err != nil {
		return v, err
	}
	v.validation, err = embeddings.NewWindows(lab.GPT2.Encode(watch), windowSize, windowSize)
	return v, err
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

// pretrainWindows is cell 57: The Verdict cut into training and validation text,
// by characters, and the batches of both.
func pretrainWindows(_ context.Context, lab *Lab, s *sheet) error {
	story, err := lab.read(theVerdict)
	if err != nil {
		return err
	}
	s.is("ch05[57] characters", len([]rune(story)))
	s.is("ch05[57] tokens", len(lab.GPT2.Encode(story)))
	train, validation := pretrain.SplitText(story, .9)
	total := 0
	for _, c := range []struct{ part, text string }{{"training", train}, {"validation", validation}} {
		s.is("ch05[57] "+c.part+" characters", len([]rune(c.text)))
		ids := lab.GPT2.Encode(c.text)
		s.is("ch05[57] "+c.part+" tokens", len(ids))
		w := must(embeddings.NewWindows(ids, 256, 256))
		s.is("ch05[57] "+c.part+" windows", w.Len())
		batches, read := 0, 0
		for b := range w.Batches(2, nil) {
			s.is(fmt.Sprintf("ch05[62] %s batch %d inputs", c.part, batches), shape(b.B, len(b.Inputs)/b.B))
			s.is(fmt.Sprintf("ch05[62] %s batch %d targets", c.part, batches), shape(b.B, len(b.Targets)/b.B))
			batches++
			read += len(b.Inputs)
		}
		s.is("ch05[57] "+c.part+" batches", batches)
		s.is("ch05[64] "+c.part+" tokens read", read)
		total += read
	}
	s.is("ch05[64] tokens read", total)
	s.is("ch05[57] order of the first epoch", torchrand.New(seed).Loader(18, true))
	return nil
}

// untrainedLoss is what chapter 5 computes before it trains.
func untrainedLoss(_ context.Context, lab *Lab, s *sheet) error {
	v, err := readVerdict(lab)
	if err != nil {
		return err
	}
	m := newGPT(gpt124M(windowSize), torchrand.New(seed))
	lm := pretrain.NewLanguageModel(m, frozen(m), batchSize, windowSize)
	s.is("ch05[15] greedy after Every effort moves you", take(m, start, 10))
	twoRows(s, lm, m)
	train, validation := v.evaluate(lm, torchrand.New(seed), 0)
	s.is("ch05[71] training loss", train)
	s.is("ch05[71] validation loss", validation)
	return nil
}

// twoRows follows two inputs of three tokens from logits to perplexity.
func twoRows(s *sheet, lm *pretrain.LanguageModel, m *gpt.Model) {
	b := embeddings.Batch{B: 2, T: 3, Inputs: []int{16833, 3626, 6100, 40, 1107, 588}, Targets: []int{3626, 6100, 345, 1107, 588, 11311}}
	hidden := m.Forward(gpt.NewActivations(m.Config, b.B, b.T), b.Inputs, b.T, nil)
	p := f32.New(hidden.Rows, m.Config.Vocab)
	m.Logits(p, hidden)
	attention.SoftmaxRows(p)
	var likeliest []int
	var chosen, logs []float64
	for i, target := range b.Targets {
		likeliest = append(likeliest, gpt.Argmax(f32.Row(p, i)))
		chosen = append(chosen, float64(f32.Row(p, i)[target]))
		logs = append(logs, math.Log(chosen[i]))
	}
	loss := lm.Loss(b)
	s.is("ch05[26] likeliest ids", likeliest)
	s.is("ch05[32] probability", chosen)
	if first := &s.rows[len(s.rows)-len(chosen)]; !first.Equal() {
		first.Why = nearby(*first, float32(chosen[0]))
	}
	s.is("ch05[34] log probability", logs)
	s.is("ch05[47] loss", loss)
	s.is("ch05[49] perplexity", float32(pretrain.Perplexity(float64(float32(loss)))))
}

// nearby explains a row by rounding, if it takes no more than a few float32s until
// it would be equal: what other orders of the same sums differ by.
func nearby(r Row, ours float32) string {
	const few = 8
	for n := range few {
		ours = math.Nextafter32(ours, ours-float32(r.Off))
		if number(r.Where, r.Published, float64(ours)).Equal() {
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
func sampling(_ context.Context, _ *Lab, s *sheet) error {
	s.is("ch05[92] likeliest", nineWords[gpt.Argmax(nineLogits)])
	for _, c := range []struct {
		cell, name  string
		temperature float32
	}{{"ch05[94] ", "T=1", 1}, {"ch05[98] ", "T=0.1", .1}, {"ch05[98] ", "T=5", 5}} {
		p := distribution(pretrain.Sampler{Temperature: c.temperature})
		s.is(c.cell+c.name+" probabilities", p)
		counts, g := make([]int, len(p)), torchrand.New(seed)
		for range 1000 {
			counts[g.Multinomial(p)]++
		}
		s.is(c.cell+c.name+" 1000 draws", counts)
		s.is("ch05 exercise 5.1 "+c.name+" pizza", counts[slices.Index(nineWords, "pizza")])
	}
	s.is("ch05 exercise 5.1 T=5 probability of pizza", distribution(pretrain.Sampler{Temperature: 5})[slices.Index(nineWords, "pizza")])
	g := torchrand.New(seed)
	s.is("ch05[94] first draw", nineWords[g.Multinomial(distribution(pretrain.Sampler{Temperature: 1}))])

	top := pretrain.Sampler{Temperature: 1, TopK: 3}
	ids, p := top.Candidates(nineLogits)
	s.is("ch05[108] top 3 at", ids)
	for i, id := range ids {
		s.is(fmt.Sprintf("ch05[108] top logit %d", i), nineLogits[id])
	}
	s.is("ch05[111] top 3", p)
	s.is("ch05[111] probabilities", distribution(top))
	ids, _ = pretrain.Sampler{}.Candidates(nineLogits)
	s.is("ch05 exercise 5.3 choices with temperature 0", ids)
	ids, _ = pretrain.Sampler{Temperature: 1, TopK: 1}.Candidates(nineLogits)
	s.is("ch05 exercise 5.3 choices with top_k 1", ids)
	return nil
}

// distribution is the probability of each of the nine words.
func distribution(s pretrain.Sampler) []float32 {
	all := make([]float32, len(nineWords))
	ids, p := s.Candidates(nineLogits)
	for i, id := range ids {
		all[id] = p[i]
	}
	return all
}
