package main

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/blas/blas32"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	classify "github.com/llm-from-scratch/llm/ch06_classify_ft"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
	"github.com/llm-from-scratch/llm/cmd/reproduce/torchrand"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// gpt2Text is cells 134 to 145 of chapter 5, cells 46 and 48 of chapter 6, and what
// others have recorded of GPT-2.
func gpt2Text(_ context.Context, lab *Lab, s *sheet) error {
	m, err := lab.weights(gpt2)
	if err != nil {
		return err
	}
	wte := m.Embedding.Tokens
	s.is("ch05[136] wte 0", ends(f32.Row(wte, 0)))
	s.is("ch05[136] wte 1", f32.Row(wte, 1)[:3])
	s.is("ch05[136] wte -1", ends(f32.Row(wte, wte.Rows-1)))

	for _, c := range []struct {
		where, prompt string
		n             int
	}{
		{"ch05", "Every effort moves", 30}, {"ch06[46]", "Every effort moves you", 15},
		{"picoGPT", "Alan Turing theorized that computers would one day become", 40},
	} {
		s.is(c.where+" greedy after "+c.prompt, lab.GPT2.Decode(take(m, lab.GPT2.Encode(c.prompt), c.n)))
	}

	g := torchrand.New(seed)
	sampler := pretrain.Sampler{Temperature: 1.5, TopK: 50}
	var drawn []int
	for id := range gpt.Continue(m, m.NewCache(), start, func(logits []float32, _ []int) int {
		all := make([]float32, len(logits)) // of which most are 0
		ids, p := sampler.Candidates(logits)
		for i, id := range ids {
			all[id] = p[i]
		}
		return g.Multinomial(all)
	}) {
		if drawn = append(drawn, id); len(drawn) == 25 {
			break
		}
	}
	s.is("ch05[145] drawn after Every effort moves you", lab.GPT2.Decode(drawn))

	for i, c := range []struct{ prompt, ids []int }{
		{[]int{6601, 32704, 795, 30132, 2985, 284}, []int{38350, 2251, 766, 787, 3538}},
		{[]int{8001, 9542, 9345, 318, 25449, 262}, []int{835, 995}},
		{[]int{1722, 262, 40663, 373, 13885, 262}, []int{5440}},
		{[]int{2202, 262, 36043, 5440, 484, 5071, 257}, []int{6283}},
		{[]int{40, 31909, 50035, 4495, 11330, 262}, []int{6817}},
	} {
		logits := m.Extend(gpt.NewCache(m.Config), c.prompt)
		ours, _ := pretrain.Sampler{Temperature: 1, TopK: len(c.ids)}.Candidates(logits)
		s.is(fmt.Sprintf("transformer-explainer %d likeliest", i), ours)
		var chosen []float32
		for _, id := range c.ids {
			chosen = append(chosen, logits[id])
		}
		from := len(s.rows)
		s.is(fmt.Sprintf("transformer-explainer %d logit", i), chosen)
		for j := range s.rows[from:] {
			if r := &s.rows[from+j]; !r.Equal() && math.Abs(r.Off) < .02 {
				r.Why = "recorded from another program, perhaps with weights of one byte"
			}
		}
	}
	return nil
}

// gpt2Loss is exercise 5.5. Of the sixteen digits in the book the notebook's next
// version changed all but these.
func gpt2Loss(_ context.Context, lab *Lab, s *sheet) error {
	v, err := readVerdict(lab)
	if err != nil {
		return err
	}
	m, err := lab.weights(gpt2)
	if err != nil {
		return err
	}
	train, validation := v.evaluate(pretrain.NewLanguageModel(m, frozen(m), batchSize, windowSize), torchrand.New(seed), 0)
	s.is("ch05 exercise 5.5 training loss", train)
	s.is("ch05 exercise 5.5 validation loss", validation)
	return nil
}

// gpt2Spam is cells 64 to 89 of chapter 6: GPT-2 under a head that knows nothing.
// It reads the last of 120 tokens, which mostly is padding.
func gpt2Spam(_ context.Context, lab *Lab, s *sheet) error {
	d, err := readSpam(lab)
	if err != nil {
		return err
	}
	m, err := lab.weights(gpt2)
	if err != nil {
		return err
	}
	c := &classify.Classifier{Model: m, Head: newLinear(torchrand.New(seed), m.Config.Width, len(classify.Classes), true)}
	ids := lab.GPT2.Encode("Do you have time")
	s.is("ch06[64] outputs", c.Forward(c.NewActivations(nil, len(ids), len(ids)), ids, len(ids), []int{0, 1, 2, 3}, nil))

	g := torchrand.New(seed)
	parts := [][]classify.Message{d.train, d.validation, d.test}
	for _, cell := range []struct {
		where   string
		batches int
		of      func(logits blas32.General, labels []int) float64
	}{
		{"ch06[82] accuracy", 10, func(logits blas32.General, labels []int) float64 { return 100 * accuracy(logits, labels) }},
		{"ch06[89] loss", 5, pretrain.CrossEntropy},
	} {
		for i, part := range parts {
			order := g.Loader(len(part), i == 0)[:cell.batches*8]
			sum := 0.
			for chosen := range slices.Chunk(order, 8) {
				sum += cell.of(padded(lab, c, part, chosen))
			}
			s.is(cell.where+" "+[]string{"training", "validation", "test"}[i], sum/float64(cell.batches))
		}
	}
	return nil
}

// padded returns the logits and labels of the chosen messages, each filled to 120
// tokens and read at the last.
func padded(lab *Lab, c *classify.Classifier, messages []classify.Message, chosen []int) (logits blas32.General, labels []int) {
	const T = 120
	var all, rows []int
	for i, j := range chosen {
		ids := lab.GPT2.Encode(messages[j].Text)
		all = append(all, ids[:min(T, len(ids))]...)
		for len(all) < (i+1)*T {
			all = append(all, lab.GPT2.EndOfText())
		}
		rows, labels = append(rows, (i+1)*T-1), append(labels, messages[j].Label())
	}
	a := c.NewActivations(nil, len(chosen), T)
	return c.Forward(a, all, T, rows, nil), labels
}

// gpt2Instructions is cells 80 and 86 of chapter 7.
func gpt2Instructions(_ context.Context, lab *Lab, s *sheet) error {
	entries, err := readInstructions(lab)
	if err != nil {
		return err
	}
	m, err := lab.weights(gpt2Medium)
	if err != nil {
		return err
	}
	train, validation, _ := instruct.Split(entries)
	s.has("ch07[80] answer before training", lab.GPT2.Decode(take(m, lab.GPT2.Encode(validation[0].Question()), 35)))

	const size, evaluated = 8, 5
	lm := pretrain.NewLanguageModel(m, frozen(m), size, 91)
	g := torchrand.New(seed)
	collator := instruct.Collator{EndOfText: lab.GPT2.EndOfText()}
	for _, p := range []struct {
		part    string
		entries []instruct.Entry
	}{{"training", train}, {"validation", validation}} {
		items := instruct.EncodeAll(lab.GPT2, p.entries, 1024)
		order := g.Loader(len(items), p.part == "training")
		loss, _ := pretrain.Evaluate(lm, func(yield func(embeddings.Batch) bool) {
			var b embeddings.Batch
			for chosen := range slices.Chunk(order, size) {
				var batch []instruct.Example
				for _, i := range chosen {
					batch = append(batch, items[i])
				}
				if collator.Collate(&b, batch); !yield(b) {
					return
				}
			}
		}, evaluated)
		s.is("ch07[86] "+p.part+" loss", loss)
	}
	return nil
}
