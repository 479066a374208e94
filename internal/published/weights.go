package published

import (
	"context"
	"fmt"
	"math"
	"slices"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	classify "github.com/llm-from-scratch/llm/ch06_classify_ft"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/torchrand"
)

// weights reads a published model.
func (l *Lab) weights(name string) (*gpt.Model, error) {
	dir, ok := l.Find(name)
	if !ok {
		return nil, missing(name)
	}
	m, _, err := pretrain.LoadModel(dir)
	return m, err
}

// gpt2Text is cells 134 to 145 of chapter 5, cells 46 and 48 of chapter 6, and what
// others have recorded of GPT-2.
func gpt2Text(_ context.Context, lab *Lab) ([]Row, error) {
	m, err := lab.weights(gpt2)
	if err != nil {
		return nil, err
	}
	var s sheet
	wte := m.Embedding.Tokens
	s.numbers("ch05[136] wte 0", "-.11010301 -.03926672 .03310751 -.1363697 .01506208 .04531523", ends(f32.Row(wte, 0))...)
	s.numbers("ch05[136] wte 1", ".04034033 -.04861503 .04624869", f32.Row(wte, 1)[:3]...)
	s.numbers("ch05[136] wte -1", ".05135201 -.02768905 .0499369 .00704835 .15519823 .12067825", ends(f32.Row(wte, wte.Rows-1))...)

	for _, c := range []struct {
		where, prompt, want string
		n                   int
	}{
		{"ch05 greedy", "Every effort moves", " forward, but it's not enough.\n\n\"I'm not going to sit here and say, 'I'm not going to do this,'", 30},
		{"ch06[46] greedy", "Every effort moves you", " forward.\n\nThe first step is to understand the importance of your work", 15},
		{"picoGPT greedy", "Alan Turing theorized that computers would one day become",
			" the most powerful machines on the planet.\n\nThe computer is a machine that can perform complex calculations, and it can perform these calculations in a way that is very similar to the human brain.", 40},
	} {
		s.text(c.where+" after "+c.prompt, c.want, lab.GPT2.Decode(take(m, lab.GPT2.Encode(c.prompt), c.n)))
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
	s.text("ch05[145] drawn after Every effort moves you",
		" toward finding an ideal new way to practice something!\n\nWhat makes us want to be on top of that?\n\n", lab.GPT2.Decode(drawn))

	for i, c := range []struct {
		prompt []int
		ids    []int
		logits string
	}{
		{[]int{6601, 32704, 795, 30132, 2985, 284}, []int{38350, 2251, 766, 787, 3538}, "-135.91 -136.68 -137.12 -137.65 -137.67"},
		{[]int{8001, 9542, 9345, 318, 25449, 262}, []int{835, 995}, "-100.88 -101.05"},
		{[]int{1722, 262, 40663, 373, 13885, 262}, []int{5440}, "-92.86"},
		{[]int{2202, 262, 36043, 5440, 484, 5071, 257}, []int{6283}, "-89.02"},
		{[]int{40, 31909, 50035, 4495, 11330, 262}, []int{6817}, "-93.25"},
	} {
		logits := m.Extend(gpt.NewCache(m.Config), c.prompt)
		ours, _ := pretrain.Sampler{Temperature: 1, TopK: len(c.ids)}.Candidates(logits)
		s.text(fmt.Sprintf("transformer-explainer %d likeliest", i), c.ids, ours)
		var chosen []float32
		for _, id := range c.ids {
			chosen = append(chosen, logits[id])
		}
		from := len(s)
		s.numbers(fmt.Sprintf("transformer-explainer %d logit", i), c.logits, chosen...)
		for j := range s[from:] {
			if r := &s[from+j]; !r.Equal() && math.Abs(r.Off) < .02 {
				r.Why = "recorded from another program, perhaps with weights of one byte"
			}
		}
	}
	return s, nil
}

// gpt2Loss is exercise 5.5. Of the sixteen digits in the book the notebook's next
// version changed all but these.
func gpt2Loss(_ context.Context, lab *Lab) ([]Row, error) {
	v, err := readVerdict(lab)
	if err != nil {
		return nil, err
	}
	m, err := lab.weights(gpt2)
	if err != nil {
		return nil, err
	}
	train, validation := v.evaluate(pretrain.NewLanguageModel(m, frozen(m), batchSize, windowSize), torchrand.New(seed), 0)
	return []Row{
		Number("ch05 exercise 5.5 training loss", "3.75475", train),
		Number("ch05 exercise 5.5 validation loss", "3.55962", validation),
	}, nil
}

// gpt2Spam is cells 64 to 89 of chapter 6: GPT-2 under a head that knows nothing.
// It reads the last of 120 tokens, which mostly is padding.
func gpt2Spam(_ context.Context, lab *Lab) ([]Row, error) {
	d, err := readSpam(lab)
	if err != nil {
		return nil, err
	}
	m, err := lab.weights(gpt2)
	if err != nil {
		return nil, err
	}
	var s sheet
	c := &classify.Classifier{Model: m, Head: newLinear(torchrand.New(seed), m.Config.Width, len(classify.Classes), true)}
	ids := lab.GPT2.Encode("Do you have time")
	s.matrix("ch06[64] outputs", "-1.5854 .9904/-3.7235 7.4548/-2.2661 6.6049/-3.5983 3.9902",
		c.Forward(c.NewActivations(nil, len(ids), len(ids)), ids, len(ids), []int{0, 1, 2, 3}, nil))

	g := torchrand.New(seed)
	parts := [][]classify.Message{d.train, d.validation, d.test}
	for _, cell := range []struct {
		where   string
		batches int
		want    []string
		of      func(logits []float32, labels []int) float64
	}{
		{"ch06[82] accuracy", 10, []string{"46.25", "45.00", "48.75"}, func(logits []float32, labels []int) float64 {
			var answers []int
			for pair := range slices.Chunk(logits, 2) {
				answers = append(answers, gpt.Argmax(pair))
			}
			return 100 * accuracy(answers, labels)
		}},
		{"ch06[89] loss", 5, []string{"2.453", "2.583", "2.322"}, func(logits []float32, labels []int) float64 {
			return pretrain.CrossEntropy(f32.View(logits, len(labels), 2), labels)
		}},
	} {
		for i, part := range parts {
			order := g.Loader(len(part), i == 0)[:cell.batches*8]
			sum := 0.
			for chosen := range slices.Chunk(order, 8) {
				sum += cell.of(padded(lab, c, part, chosen))
			}
			s.number(cell.where+" "+[]string{"training", "validation", "test"}[i], cell.want[i], sum/float64(cell.batches))
		}
	}
	return s, nil
}

// padded returns the logits and labels of the chosen messages, each filled to 120
// tokens and read at the last.
func padded(lab *Lab, c *classify.Classifier, messages []classify.Message, chosen []int) (logits []float32, labels []int) {
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
	return c.Forward(a, all, T, rows, nil).Data, labels
}

// gpt2Instructions is cells 80 and 86 of chapter 7.
func gpt2Instructions(_ context.Context, lab *Lab) ([]Row, error) {
	entries, err := readInstructions(lab)
	if err != nil {
		return nil, err
	}
	m, err := lab.weights(gpt2Medium)
	if err != nil {
		return nil, err
	}
	train, validation, _ := instruct.Split(entries)
	answer := lab.GPT2.Decode(take(m, lab.GPT2.Encode(validation[0].Question()), 35))
	s := sheet{contains("ch07[80] answer before training",
		"The chef cooks the meal every day.\n\n### Instruction:\n\nConvert the active sentence to passive: 'The chef cooks the", answer)}

	const size, evaluated = 8, 5
	lm := pretrain.NewLanguageModel(m, frozen(m), size, 91)
	g := torchrand.New(seed)
	collator := instruct.Collator{EndOfText: lab.GPT2.EndOfText(), Limit: 1024}
	for _, p := range []struct {
		part, want string
		entries    []instruct.Entry
		shuffle    bool
	}{{"training", "3.82591", train, true}, {"validation", "3.76193", validation, false}} {
		items := instruct.EncodeAll(lab.GPT2, p.entries, 1024)
		order := g.Loader(len(items), p.shuffle)
		loss, _ := pretrain.Evaluate(lm, func(yield func(embeddings.Batch) bool) {
			var b embeddings.Batch
			for chosen := range slices.Chunk(order, size) {
				var batch []instruct.Encoded
				for _, i := range chosen {
					batch = append(batch, items[i])
				}
				if collator.Collate(&b, batch); !yield(b) {
					return
				}
			}
		}, evaluated)
		s.number("ch07[86] "+p.part+" loss", p.want, loss)
	}
	return s, nil
}
