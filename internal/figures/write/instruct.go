package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
	"github.com/llm-from-scratch/llm/internal/figures"
)

// template is the chapter's entry as text, and its tokens, green where one is a target.
func template(string) ([]byte, error) {
	bpe, err := gpt2Tokens()
	if err != nil {
		return nil, err
	}
	e := instruct.Entry{Instruction: "Name the opposite.", Input: "hot", Output: "cold"}
	x := instruct.Encode(bpe, e)
	s := figures.NewSketch(284, "An entry as text, and where the loss looks",
		"The prompt, with preamble, instruction and input, is grey: no target. The answer and the end of text are green.")
	s.Box(4, 32, 344, 164, figures.Frozen)
	y := 50.0
	for _, line := range strings.Split(strings.TrimSpace(e.Prompt()), "\n") {
		line = strings.Replace(line, "task. ", "task.\n", 1)
		line = strings.Replace(line, "completes the", "completes the\n", 1)
		for _, part := range strings.Split(line, "\n") {
			s.Note(12, y, "start", strings.TrimSpace(part))
			y += 14
		}
	}
	s.Box(4, 196, 344, 26, figures.Trained, e.Output+" <|endoftext|>")
	var b embeddings.Batch
	instruct.Collator{EndOfText: bpe.EndOfText(), MaskPrompt: true}.Collate(&b, []instruct.Example{x})
	targets := 0
	for i, target := range b.Targets {
		role := figures.Frozen
		if target != pretrain.Ignore {
			role = figures.Trained
			targets++
		}
		s.Box(4+344*float64(i)/float64(b.T), 234, 344/float64(b.T), 20, role)
	}
	s.Note(4, 272, "start", fmt.Sprintf("%d places; %d have a target, the first at the prompt's end", b.T, targets))
	return s.SVG(), nil
}

// collated is the chapter's batch of three: its inputs, and its targets in both ways.
func collated() []byte {
	entries := []instruct.Example{{IDs: []int{1, 2, 3, 4, 5}, Asked: 3}, {IDs: []int{6, 7}, Asked: 1}, {IDs: []int{8, 9, 10}, Asked: 2}}
	s := figures.NewSketch(150, "A batch of three entries, and its targets",
		"Inputs are filled up with the end-of-text id 0. Targets in the padding are ignored, and with the mask those in the prompt too.")
	for side, name := range []string{"inputs", "targets", "prompt masked"} {
		x := 4 + 118*float64(side)
		s.Note(x+54, 44, "middle", name)
		var b embeddings.Batch
		instruct.Collator{MaskPrompt: side == 2}.Collate(&b, entries)
		for i, id := range b.Inputs {
			role, row, col := figures.Data, i/b.T, i%b.T
			if col >= len(entries[row].IDs) {
				role = figures.Frozen
			}
			text := fmt.Sprint(id)
			if side > 0 {
				role, text = figures.Trained, fmt.Sprint(b.Targets[i])
				if b.Targets[i] == pretrain.Ignore {
					role, text = figures.Frozen, "·"
				}
			}
			s.Vector(x+21.6*float64(col), 52+30*float64(row), 21.6, role, text)
		}
	}
	return s.SVG()
}

// kinds are the shares of right answers in the recorded evaluations, with the mask
// and without.
func kinds(docs string) ([]byte, error) {
	s := figures.NewSketch(248, "Right answers of the 62 held out, in percent",
		"For each kind of question a bar for the training with the prompt masked, and one for the training without.")
	for side, run := range []struct{ name, log string }{{"prompt masked", "assistant-eval.txt"}, {"not masked", "unmasked-eval.txt"}} {
		log, err := os.ReadFile(filepath.Join(docs, "runs", run.log))
		if err != nil {
			return nil, err
		}
		var shares []float64
		for i, row := range regexp.MustCompile(`(?m)^(.+?) +(\d+) of (\d+) right$`).FindAllStringSubmatch(string(log), -1) {
			right, _ := strconv.ParseFloat(row[2], 64)
			all, _ := strconv.ParseFloat(row[3], 64)
			shares = append(shares, 100*right/all)
			if side == 0 {
				s.Note(80, 68+24*float64(i), "end", row[1])
			}
		}
		total := regexp.MustCompile(`(?m)^([\d.]+)% of \d+ exact answers right`).FindStringSubmatch(string(log))
		if total == nil {
			return nil, fmt.Errorf("%s: no share of right answers", run.log)
		}
		x := 88 + 136*float64(side)
		s.Note(x, 44, "start", run.name)
		bars(s, x, 54, 1, figures.Trained, "%.0f", shares)
		s.Text(x, 240, "start", figures.Plain, total[1]+"% of all")
	}
	return s.SVG(), nil
}

// conversation is the context of a model while five questions are asked.
func conversation(string) ([]byte, error) {
	bpe, err := gpt2Tokens()
	if err != nil {
		return nil, err
	}
	m := gpt.New(gpt.Config{Vocab: bpe.Vocab(), Context: 128, Width: 8, Heads: 2, Layers: 1, TiedHead: true})
	m.Init(rand.New(rand.NewPCG(1, 7)))
	talk, answer := instruct.New(m, bpe).NewConversation(), instruct.Options{MaxTokens: 4}
	s := figures.NewSketch(238, "What a context of 128 tokens remembers",
		"Each prompt holds the preamble, the exchanges before and the new question. The fifth has no room for the first.")
	wide := 344 / float64(m.Config.Context)
	for i, word := range []string{"hot", "day", "old", "big", "up"} {
		for _, err := range talk.Say(context.Background(), "Name the opposite.", word, answer) {
			if err != nil {
				return nil, err
			}
		}
		x, y := 4.0, 36+34*float64(i)
		part := func(role figures.Role, n int, name string) {
			s.Box(x, y, wide*float64(n), 24, role, name)
			x += wide * float64(n)
		}
		said := talk.History()
		opening, _, _ := strings.Cut(said[0].Question(), "\n\n###")
		part(figures.Frozen, len(bpe.Encode(opening)), "")
		for k, e := range said {
			role, asked := figures.Data, len(bpe.Encode(strings.TrimPrefix(e.Prompt(), opening)))
			if k == len(said)-1 {
				role = figures.Query
			}
			part(role, asked, fmt.Sprint(talk.Forgotten()+k+1))
			part(figures.Trained, len(bpe.Encode(e.Output)), "")
		}
		s.Line(figures.Plain, x, y+24, 348, y+24)
	}
	s.Note(4, 222, "start", "grey: preamble  ·  purple: asked now  ·  green: an answer")
	return s.SVG(), nil
}
