package published

import (
	"context"
	"fmt"
	"slices"
	"strings"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/torchrand"
)

// instructionBatches is cells 36 to 52 and what else needs no data.
func instructionBatches(_ context.Context, lab *Lab) ([]Row, error) {
	var s sheet
	pad := lab.GPT2.EndOfText()
	var b embeddings.Batch
	instruct.Collator{EndOfText: pad}.Collate(&b, []instruct.Encoded{{IDs: []int{0, 1, 2, 3, 4}}, {IDs: []int{5, 6}}, {IDs: []int{7, 8, 9}}})
	s.text("ch07[36] inputs", "[0 1 2 3 4 5 6 50256 50256 50256 7 8 9 50256 50256]", b.Inputs)
	unmasked := slices.Clone(b.Targets)
	for i, t := range unmasked {
		if t == pretrain.Ignore {
			unmasked[i] = pad
		}
	}
	s.text("ch07[41] targets", "[1 2 3 4 50256 6 50256 50256 50256 50256 8 9 50256 50256 50256]", unmasked)
	s.text("ch07[46] targets that ignore padding", "[1 2 3 4 50256 6 50256 -100 -100 -100 8 9 50256 -100 -100]", b.Targets)

	logits := []float32{-1, 1, -.5, 1.5, -.5, 1.5}
	for _, c := range []struct {
		where, want, more string
		targets           []int
	}{
		{"ch07[48] loss of two", "1.1269", "1.1269280", []int{0, 1}},
		{"ch07[50] of three", ".7936", ".7935947", []int{0, 1, 1}},
		{"ch07[52] the third ignored", "1.1269", "1.1269280", []int{0, 1, pretrain.Ignore}},
	} {
		loss := pretrain.CrossEntropy(f32.View(logits, len(c.targets), 2), c.targets)
		s.number(c.where, c.want, loss)
		s.number(c.where+", more digits", c.more, loss)
	}
	s.number("ch07/04 loss", "1.4185", pretrain.CrossEntropy(f32.View([]float32{2, 1, .1, .5, 2.5, .3}, 2, 3), []int{0, 2}))
	// Before training policy and reference agree, so the margin of DPO is 0, and
	// its loss that of a coin.
	s.number("ch07/04 DPO loss before training", ".6931471824645996", float64(float32(pretrain.CrossEntropy(f32.View([]float32{0, 0}, 1, 2), []int{1}))))

	train, validation, test := instruct.Split(make([]instruct.Entry, 52002))
	s.text("ch07 exercise 7.3 split", "[44201 2601 5200]", []int{len(train), len(validation), len(test)})
	return s, nil
}

func readInstructions(lab *Lab) ([]instruct.Entry, error) {
	text, err := lab.Read(instructions)
	if err != nil {
		return nil, err
	}
	return instruct.ReadEntries(strings.NewReader(text))
}

// instructionData is cells 10 to 68 and exercise 7.2.
func instructionData(_ context.Context, lab *Lab) ([]Row, error) {
	entries, err := readInstructions(lab)
	if err != nil {
		return nil, err
	}
	var s sheet
	s.text("ch07[10] entries", 1100, len(entries))
	s.text("ch07[12] instruction 50", "Identify the correct spelling of the following word.", entries[50].Instruction)
	s.text("ch07[12] input 50", "Ocassion", entries[50].Input)
	s.text("ch07[12] output 50", "The correct spelling is 'Occasion.'", entries[50].Output)
	s.text("ch07[14] instruction 999", "What is an antonym of 'complicated'?", entries[999].Instruction)
	s.text("ch07[14] input 999", "", entries[999].Input)
	s.text("ch07[14] output 999", "An antonym of 'complicated' is 'simple'.", entries[999].Output)
	const preamble = "Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n### Instruction:\n"
	s.text("ch07[20] entry 50 as text", preamble+"Identify the correct spelling of the following word.\n\n### Input:\nOcassion\n\n### Response:\nThe correct spelling is 'Occasion.'", entries[50].Text())
	s.text("ch07[22] entry 999 as text", preamble+"What is an antonym of 'complicated'?\n\n### Response:\nAn antonym of 'complicated' is 'simple'.", entries[999].Text())

	train, validation, test := instruct.Split(entries)
	s.text("ch07[25] split", "[935 55 110]", []int{len(train), len(validation), len(test)})
	all := instruct.EncodeAll(lab.GPT2, entries, 1024)
	lengths := func(items []instruct.Encoded) (n []int) {
		for _, x := range items {
			n = append(n, len(x.IDs))
		}
		return n
	}
	sum := 0
	for _, n := range lengths(all[:len(train)]) {
		sum += n
	}
	s.text("ch07 shortest entry", 40, slices.Min(lengths(all)))
	s.text("ch07 longest entry", 91, slices.Max(lengths(all)))
	s.text("ch07 tokens to train on", 52760, sum)

	c := instruct.Collator{EndOfText: lab.GPT2.EndOfText(), Limit: 1024}
	order := torchrand.New(seed).Loader(len(train), true)
	want := strings.Fields(`61 76 73 68 65 72 80 67 62 75 62 68 67 77 69 79 71 66 83 68 80 71 69 65 68 60 59 69 63 65 76 66 71 91 65 64 67 66
		64 65 75 89 59 88 83 83 70 65 74 76 67 75 83 69 67 60 60 66 80 71 61 58 71 67 68 63 87 68 64 68 71 68 71 61 65 67 65 64 60 72 64
		70 57 72 64 68 62 74 80 68 70 91 61 66 80 81 74 82 63 83 68 67 77 91 64 61 75 64 66 78 66 64 83 66 74 69`)
	s.text("ch07[66] training batches", len(want), len(order)/8)
	var b embeddings.Batch
	for i := range len(order) / 8 {
		var items []instruct.Encoded
		for _, j := range order[8*i : 8*i+8] {
			items = append(items, all[j])
		}
		c.Collate(&b, items)
		s.text(fmt.Sprintf("ch07[66] training batch %d", i), "(8, "+want[i]+")", shape(b.B, b.T))
	}
	first := train[order[(len(order)/8-1)*8]]
	s.text("ch07[67] last batch begins with", "Rewrite the sentence using a simile. The baby is very cute.", first.Instruction+" "+first.Input)
	for _, p := range []struct {
		name  string
		items []instruct.Encoded
		want  string
	}{
		{"validation", all[len(train)+len(test):], "74 76 74 68 61 62 59"},
		{"test", all[len(train) : len(train)+len(test)], "64 83 62 58 66 63 69 67 72 73 68 65 85 76"},
	} {
		want := strings.Fields(p.want)
		i := 0
		for b := range c.Batches(p.items, 8, nil) {
			s.text(fmt.Sprintf("ch07[66] %s batch %d", p.name, i), want[i], b.T)
			i++
		}
		s.text("ch07[66] "+p.name+" batches", len(want), i)
	}
	maskedTargets(&s, lab, entries[43])
	return s, nil
}

// maskedTargets is exercise 7.2. The published mask hides the question, but not the
// header of the response.
func maskedTargets(s *sheet, lab *Lab, e instruct.Entry) {
	s.text("ch07 exercise 7.2 input", "Zebra, Elephant, Crocodile", e.Input)
	x := instruct.Encoded{IDs: lab.GPT2.Encode(e.Text()), Asked: len(lab.GPT2.Encode(e.Question()))}
	var b embeddings.Batch
	instruct.Collator{EndOfText: lab.GPT2.EndOfText(), MaskPrompt: true}.Collate(&b, []instruct.Encoded{x, {IDs: make([]int, 64)}})
	want := slices.Repeat([]int{pretrain.Ignore}, 46)
	want = append(want, 198, 198, 21017, 18261, 25, 198, 34, 12204, 375, 576, 11, 42651, 11, 1168, 37052, 50256, pretrain.Ignore, pretrain.Ignore)
	s.text("ch07 exercise 7.2 targets", want, b.Targets[:64])
}
