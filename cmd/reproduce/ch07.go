package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
	"github.com/llm-from-scratch/llm/cmd/reproduce/torchrand"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// instructionBatches is cells 36 to 52 and what else needs no data.
func instructionBatches(_ context.Context, lab *Lab, s *sheet) error {
	pad := lab.GPT2.EndOfText()
	var b embeddings.Batch
	instruct.Collator{EndOfText: pad}.Collate(&b, []instruct.Example{{IDs: []int{0, 1, 2, 3, 4}}, {IDs: []int{5, 6}}, {IDs: []int{7, 8, 9}}})
	s.is("ch07[36] inputs", b.Inputs)
	unmasked := slices.Clone(b.Targets)
	for i, t := range unmasked {
		if t == pretrain.Ignore {
			unmasked[i] = pad
		}
	}
	s.is("ch07[41] targets", unmasked)
	s.is("ch07[46] targets that ignore padding", b.Targets)

	loss := func(targets []int, logits ...float32) float64 {
		return pretrain.CrossEntropy(f32.View(logits, len(targets), len(logits)/len(targets)), targets)
	}
	s.is("ch07[48] loss of two", loss([]int{0, 1}, -1, 1, -.5, 1.5))
	s.is("ch07[50] of three", loss([]int{0, 1, 1}, -1, 1, -.5, 1.5, -.5, 1.5))
	s.is("ch07[52] the third ignored", loss([]int{0, 1, pretrain.Ignore}, -1, 1, -.5, 1.5, -.5, 1.5))
	s.is("ch07/04 loss", loss([]int{0, 2}, 2, 1, .1, .5, 2.5, .3))
	// Before training policy and reference agree, so the margin of DPO is 0, and
	// its loss that of a coin.
	s.is("ch07/04 DPO loss before training", float32(loss([]int{1}, 0, 0)))

	train, validation, test := instruct.Split(make([]instruct.Entry, 52002))
	s.is("ch07 exercise 7.3 split", []int{len(train), len(validation), len(test)})
	return nil
}

func readInstructions(lab *Lab) ([]instruct.Entry, error) {
	text, err := lab.read(instructions)
	if err != nil {
		return nil, err
	}
	return instruct.ReadEntries(strings.NewReader(text))
}

// instructionData is cells 10 to 68 and exercise 7.2.
func instructionData(_ context.Context, lab *Lab, s *sheet) error {
	entries, err := readInstructions(lab)
	if err != nil {
		return err
	}
	s.is("ch07[10] entries", len(entries))
	for _, x := range []struct{ cell, i int }{{12, 50}, {14, 999}} {
		s.is(fmt.Sprintf("ch07[%d] instruction %d", x.cell, x.i), entries[x.i].Instruction)
		s.is(fmt.Sprintf("ch07[%d] input %d", x.cell, x.i), entries[x.i].Input)
		s.is(fmt.Sprintf("ch07[%d] output %d", x.cell, x.i), entries[x.i].Output)
	}
	s.is("ch07[20] entry 50 as text", entries[50].Text())
	s.is("ch07[22] entry 999 as text", entries[999].Text())

	train, validation, test := instruct.Split(entries)
	s.is("ch07[25] split", []int{len(train), len(validation), len(test)})
	all := instruct.EncodeAll(lab.GPT2, entries, 1024)
	var lengths []int
	for _, x := range all {
		lengths = append(lengths, len(x.IDs))
	}
	sum := 0
	for _, n := range lengths[:len(train)] {
		sum += n
	}
	s.is("ch07 shortest entry", slices.Min(lengths))
	s.is("ch07 longest entry", slices.Max(lengths))
	s.is("ch07 tokens to train on", sum)

	c := instruct.Collator{EndOfText: lab.GPT2.EndOfText()}
	order := torchrand.New(seed).Loader(len(train), true)
	s.is("ch07[66] training batches", len(order)/8)
	var b embeddings.Batch
	for i := range len(order) / 8 {
		var items []instruct.Example
		for _, j := range order[8*i : 8*i+8] {
			items = append(items, all[j])
		}
		c.Collate(&b, items)
		s.is(fmt.Sprintf("ch07[66] training batch %d", i), shape(b.B, b.T))
	}
	first := train[order[(len(order)/8-1)*8]]
	s.is("ch07[67] last batch begins with", first.Instruction+" "+first.Input)
	for _, p := range []struct {
		name  string
		items []instruct.Example
	}{{"validation", all[len(train)+len(test):]}, {"test", all[len(train) : len(train)+len(test)]}} {
		i := 0
		for b := range c.Batches(p.items, 8, nil) {
			s.is(fmt.Sprintf("ch07[66] %s batch %d", p.name, i), b.T)
			i++
		}
		s.is("ch07[66] "+p.name+" batches", i)
	}

	// Exercise 7.2. The published mask hides the question, but not the header of the
	// response.
	e := entries[43]
	s.is("ch07 exercise 7.2 input", e.Input)
	x := instruct.Example{IDs: lab.GPT2.Encode(e.Text()), Asked: len(lab.GPT2.Encode(e.Question()))}
	instruct.Collator{EndOfText: lab.GPT2.EndOfText(), MaskPrompt: true}.Collate(&b, []instruct.Example{x, {IDs: make([]int, 64)}})
	s.is("ch07 exercise 7.2 targets", b.Targets[:64])
	return nil
}
