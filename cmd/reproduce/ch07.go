package main

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
	"github.com/llm-from-scratch/llm/cmd/reproduce/torchrand"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// instructionBatches is cells 36 to 52 and what else needs no data.
func instructionBatches(lab *Lab) {
	pad := lab.GPT2.EndOfText()
	var b embeddings.Batch
	instruct.Collator{EndOfText: pad}.Collate(&b, []instruct.Example{{IDs: []int{0, 1, 2, 3, 4}}, {IDs: []int{5, 6}}, {IDs: []int{7, 8, 9}}})
	lab.is("ch07[36] inputs", b.Inputs)
	unmasked := slices.Clone(b.Targets)
	for i, t := range unmasked {
		if t == pretrain.Ignore {
			unmasked[i] = pad
		}
	}
	lab.is("ch07[41] targets", unmasked)
	lab.is("ch07[46] targets that ignore padding", b.Targets)

	loss := func(targets []int, logits ...float32) float64 {
		return pretrain.CrossEntropy(f32.View(logits, len(targets), len(logits)/len(targets)), targets)
	}
	lab.is("ch07[48] loss of two", loss([]int{0, 1}, -1, 1, -.5, 1.5))
	lab.is("ch07[50] of three", loss([]int{0, 1, 1}, -1, 1, -.5, 1.5, -.5, 1.5))
	lab.is("ch07[52] the third ignored", loss([]int{0, 1, pretrain.Ignore}, -1, 1, -.5, 1.5, -.5, 1.5))
	lab.is("ch07/04 loss", loss([]int{0, 2}, 2, 1, .1, .5, 2.5, .3))
	// Before training policy and reference agree, so the margin of DPO is 0, and
	// its loss that of a coin.
	lab.is("ch07/04 DPO loss before training", float32(loss([]int{1}, 0, 0)))

	train, validation, test := instruct.Split(make([]instruct.Entry, 52002))
	lab.is("ch07 exercise 7.3 split", []int{len(train), len(validation), len(test)})
}

func readInstructions(lab *Lab) []instruct.Entry {
	return must(instruct.ReadEntries(strings.NewReader(lab.read(instructions))))
}

// collated are batches of size entries in the given order.
func collated(lab *Lab, entries []instruct.Entry, size int, order []int) iter.Seq[embeddings.Batch] {
	var ordered []instruct.Example
	for _, i := range order {
		ordered = append(ordered, instruct.Encode(lab.GPT2, entries[i]))
	}
	return instruct.Collator{EndOfText: lab.GPT2.EndOfText()}.Batches(ordered, size, nil)
}

// instructionData is cells 10 to 68 and exercise 7.2.
func instructionData(lab *Lab) {
	entries := readInstructions(lab)
	lab.is("ch07[10] entries", len(entries))
	for _, x := range []struct{ cell, i int }{{12, 50}, {14, 999}} {
		e := entries[x.i]
		lab.all(fmt.Sprintf("ch07[%d]", x.cell), e.Instruction, e.Input, e.Output)
	}
	lab.is("ch07[20] entry 50 as text", entries[50].Text())
	lab.is("ch07[22] entry 999 as text", entries[999].Text())
	instructionLengths(lab, entries)

	// Exercise 7.2. The published mask hides the question, but not the header of the
	// response.
	e := entries[43]
	lab.is("ch07 exercise 7.2 input", e.Input)
	x := instruct.Example{IDs: lab.GPT2.Encode(e.Text()), Asked: len(lab.GPT2.Encode(e.Question()))}
	var b embeddings.Batch
	instruct.Collator{EndOfText: lab.GPT2.EndOfText(), MaskPrompt: true}.Collate(&b, []instruct.Example{x, {IDs: make([]int, 64)}})
	lab.is("ch07 exercise 7.2 targets", b.Targets[:64])
}

// instructionLengths is cells 25 to 68: the parts, and how long their batches are.
func instructionLengths(lab *Lab, entries []instruct.Entry) {
	train, validation, test := instruct.Split(entries)
	lab.is("ch07[25] split", []int{len(train), len(validation), len(test)})
	var lengths []int
	sum := 0
	for i, e := range entries {
		lengths = append(lengths, len(instruct.Encode(lab.GPT2, e).IDs))
		if i < len(train) {
			sum += lengths[i]
		}
	}
	lab.is("ch07 shortest entry", slices.Min(lengths))
	lab.is("ch07 longest entry", slices.Max(lengths))
	lab.is("ch07 tokens to train on", sum)

	order := torchrand.New(seed).Loader(len(train), true)
	whole := len(order) / 8
	lab.is("ch07[66] training batches", whole)
	for i, b := range take(collated(lab, train, 8, order), whole) {
		lab.is(fmt.Sprintf("ch07[66] training batch %d", i), shape(b.B, b.T))
	}
	first := train[order[(whole-1)*8]]
	lab.is("ch07[67] last batch begins with", first.Instruction+" "+first.Input)
	for p, entries := range [][]instruct.Entry{validation, test} {
		part, n := partNames[1+p], 0
		for b := range collated(lab, entries, 8, span(0, len(entries))) {
			lab.is(fmt.Sprintf("ch07[66] %s batch %d", part, n), b.T)
			n++
		}
		lab.is("ch07[66] "+part+" batches", n)
	}
}

// gpt2Instructions is cells 80 and 86 of chapter 7.
func gpt2Instructions(lab *Lab) {
	train, validation, _ := instruct.Split(readInstructions(lab))
	m := lab.weights(gpt2Medium)
	lab.has("ch07[80] answer before training", lab.GPT2.Decode(take(m.Greedy(lab.GPT2.Encode(validation[0].Question())), 35)))

	const size, evaluated = 8, 5
	lm := pretrain.NewLanguageModel(m, gpt.Frozen, size, 91)
	g := torchrand.New(seed)
	for i, entries := range [][]instruct.Entry{train, validation} {
		loss, _ := pretrain.Evaluate(lm, collated(lab, entries, size, g.Loader(len(entries), i == 0)), evaluated)
		lab.is("ch07[86] "+partNames[i]+" loss", loss)
	}
}
