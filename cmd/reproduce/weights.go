package main

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/blas/blas32"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	classify "github.com/llm-from-scratch/llm/ch06_classify_ft"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
	"github.com/llm-from-scratch/llm/cmd/reproduce/torchrand"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// gpt2Text is cells 134 to 145 of chapter 5, cells 46 and 48 of chapter 6, and what
// others have recorded of GPT-2.
func gpt2Text(lab *Lab) {
	m := lab.weights(gpt2)
	wte := m.Embedding.Tokens
	lab.is("ch05[136] wte 0", ends(f32.Row(wte, 0)))
	lab.is("ch05[136] wte 1", f32.Row(wte, 1)[:3])
	lab.is("ch05[136] wte -1", ends(f32.Row(wte, wte.Rows-1)))

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
		logits := m.Extend(m.NewCache(), c.prompt)
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
	train, validation := losses(lab, lab.weights(gpt2))
	lab.is("ch05 exercise 5.5 training loss", train)
	lab.is("ch05 exercise 5.5 validation loss", validation)
}

// gpt2Spam is cells 64 to 89 of chapter 6: GPT-2 under a head that knows nothing.
// It reads the last of 120 tokens, which mostly is padding.
func gpt2Spam(lab *Lab) {
	d, m := readSpam(lab), lab.weights(gpt2)
	c := &classify.Classifier{Model: m, Head: newLinear(torchrand.New(seed), m.Config.Width, len(classify.Classes), true)}
	ids := lab.GPT2.Encode("Do you have time")
	lab.is("ch06[64] outputs", c.Forward(c.NewActivations(nil, len(ids), len(ids)), ids, len(ids), []int{0, 1, 2, 3}, nil))

	g := torchrand.New(seed)
	for _, cell := range []struct {
		where   string
		batches int
		of      func(logits blas32.General, labels []int) float64
	}{
		{"ch06[82] accuracy", 10, func(logits blas32.General, labels []int) float64 { return 100 * accuracy(logits, labels) }},
		{"ch06[89] loss", 5, pretrain.CrossEntropy},
	} {
		for i, part := range d.parts {
			order := g.Loader(len(part), i == 0)[:cell.batches*8]
			sum := 0.
			for chosen := range slices.Chunk(order, 8) {
				sum += cell.of(padded(lab, c, part, chosen))
			}
			lab.is(cell.where+" "+partNames[i], sum/float64(cell.batches))
		}
	}
}

// padded returns the logits and labels of the chosen messages, each filled to 120
// tokens and read at the last.
func padded(lab *Lab, c *classify.Classifier, messages []classify.Message, chosen []int) (logits blas32.General, labels []int) {
	const T = 120
	var all, rows []int
	for i, j := range chosen {
		ids := append(lab.GPT2.Encode(messages[j].Text), slices.Repeat([]int{lab.GPT2.EndOfText()}, T)...)
		all, rows, labels = append(all, ids[:T]...), append(rows, (i+1)*T-1), append(labels, messages[j].Label())
	}
	return c.Forward(c.NewActivations(nil, len(chosen), T), all, T, rows, nil), labels
}

// gpt2Instructions is cells 80 and 86 of chapter 7.
func gpt2Instructions(lab *Lab) {
	train, validation, _ := instruct.Split(readInstructions(lab))
	m := lab.weights(gpt2Medium)
	lab.has("ch07[80] answer before training", lab.GPT2.Decode(take(m.Greedy(lab.GPT2.Encode(validation[0].Question())), 35)))

	const size, evaluated = 8, 5
	lm := pretrain.NewLanguageModel(m, frozen(m), size, 91)
	g := torchrand.New(seed)
	for i, entries := range [][]instruct.Entry{train, validation} {
		loss, _ := pretrain.Evaluate(lm, collated(lab, entries, size, g.Loader(len(entries), i == 0)), evaluated)
		lab.is("ch07[86] "+partNames[i]+" loss", loss)
	}
}
