package instruct_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing/fstest"

	"github.com/pkoukk/tiktoken-go-loader/assets"
	"gonum.org/v1/gonum/blas/blas32"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
	"github.com/llm-from-scratch/llm/internal/footprint"
)

func ExampleEntry_Text() {
	e := instruct.Entry{Instruction: "Name the opposite.", Input: "hot", Output: "cold"}
	fmt.Println(e.Text())
	// Output:
	// Below is an instruction that describes a task. Write a response that appropriately completes the request.
	//
	// ### Instruction:
	// Name the opposite.
	//
	// ### Input:
	// hot
	//
	// ### Response:
	// cold
}

func ExampleReadEntries() {
	file := `[
		{"instruction": "Name the opposite.", "input": "hot", "output": "cold"},
		{"instruction": "Name the opposite.", "input": "day", "answer": "night"}
	]`
	entries, err := instruct.ReadEntries(strings.NewReader(file))
	fmt.Println(len(entries), "entry")
	fmt.Println(err)
	// Output:
	// 1 entry
	// instruct: 1 skipped: entry 2: no output
}

func ExampleSplit() {
	train, validation, test := instruct.Split(make([]instruct.Entry, 1100))
	fmt.Println(len(train), len(validation), len(test))
	// Output: 935 55 110
}

// The first entry of each kind, with its input in brackets.
func ExamplePractice() {
	entries := instruct.Practice(rand.New(rand.NewPCG(1, 7)))
	shown := make(map[string]bool)
	for _, e := range entries {
		if !shown[e.Kind] {
			shown[e.Kind] = true
			fmt.Printf("%-10s  %s [%s] -> %s\n", e.Kind, e.Instruction, e.Input, e.Output)
		}
	}
	fmt.Println(len(entries), "entries")
	// Output:
	// past tense  Give the past tense of stand. [] -> stood
	// last word   Which word is last? [three ten] -> ten
	// yes or no   Answer me: is tin an animal? [] -> no
	// opposite    What is the opposite of dark? [] -> light
	// category    Name the kind of tin. [] -> a metal
	// first word  Repeat the first word. [three white] -> three
	// plural      A single ray, many ... [] -> rays
	// 622 entries
}

// Three entries of five, two and three ids, as one batch.
func ExampleCollator_Collate() {
	entries := []instruct.Example{
		{IDs: []int{1, 2, 3, 4, 5}, Asked: 3},
		{IDs: []int{6, 7}, Asked: 1},
		{IDs: []int{8, 9, 10}, Asked: 2},
	}
	var b embeddings.Batch
	for _, mask := range []bool{false, true} {
		c := instruct.Collator{EndOfText: 0, MaskPrompt: mask}
		c.Collate(&b, entries)
		fmt.Println("prompt masked:", mask)
		for i := range b.B {
			fmt.Printf("%3d -> %4d\n", b.Inputs[i*b.T:][:b.T], b.Targets[i*b.T:][:b.T])
		}
	}
	// Output:
	// prompt masked: false
	// [  1   2   3   4   5] -> [   2    3    4    5    0]
	// [  6   7   0   0   0] -> [   7    0 -100 -100 -100]
	// [  8   9  10   0   0] -> [   9   10    0 -100 -100]
	// prompt masked: true
	// [  1   2   3   4   5] -> [-100 -100    4    5    0]
	// [  6   7   0   0   0] -> [   7    0 -100 -100 -100]
	// [  8   9  10   0   0] -> [-100   10    0 -100 -100]
}

// How many places a pass over the practice entries takes, in GPT-2's tokens.
func ExampleCollator_Batches() {
	file, err := assets.Assets.Open("r50k_base.tiktoken") // package github.com/pkoukk/tiktoken-go-loader/assets
	if err != nil {
		fmt.Println(err)
		return
	}
	defer file.Close()
	bpe, err := tokens.ReadRanks(file)
	if err != nil {
		fmt.Println(err)
		return
	}
	items := instruct.EncodeAll(bpe, practice(1), 1024)
	places := func(size int) int {
		n := 0
		c := instruct.Collator{EndOfText: bpe.EndOfText()}
		for b := range c.Batches(items, size, nil) {
			n += b.B * b.T
		}
		return n
	}
	answers := 0
	for _, x := range items {
		answers += len(x.IDs) - x.Asked + 1 // and the end of text
	}
	fmt.Println("no padding:       ", places(1))
	fmt.Println("batches of eight: ", places(8))
	fmt.Println("one width for all:", places(len(items)))
	fmt.Println("in the answers:   ", answers)
	// Output:
	// no padding:        24612
	// batches of eight:  27056
	// one width for all: 27368
	// in the answers:    1364
}

// The loss of two rows, of three, and of three of which one is ignored.
func Example_ignoredTarget() {
	two := []float32{-1, 1, -0.5, 1.5}
	three := append(two, -0.5, 1.5)
	loss := func(logits []float32, targets ...int) float64 {
		return pretrain.CrossEntropy(blas32.General{Rows: len(targets), Cols: 2, Stride: 2, Data: logits}, targets)
	}
	fmt.Printf("%.4f\n", loss(two, 0, 1))
	fmt.Printf("%.4f\n", loss(three, 0, 1, 1))
	fmt.Printf("%.4f\n", loss(three, 0, 1, pretrain.Ignore))
	// Output:
	// 1.1269
	// 0.7936
	// 1.1269
}

// In millions of bytes, without dropout. Of the published collection the longest
// entry has 91 tokens.
func Example_memory() {
	for _, c := range []struct {
		name string
		gpt.Config
		B, T int
	}{
		{"124M", gpt.GPT2Small, 8, 91}, {"124M", gpt.GPT2Small, 8, 1024}, {"124M", gpt.GPT2Small, 1, 1024},
		{"355M", gpt.GPT2Medium, 8, 91}, {"355M", gpt.GPT2Medium, 8, 1024}, {"355M", gpt.GPT2Medium, 1, 1024},
	} {
		m := footprint.Of(c.Config, c.B, c.T, false, nil)
		fmt.Printf("%s, %d of %4d tokens: four times the weights %4d, activations %5d, logits %4d, in all %5d\n",
			c.name, c.B, c.T, (m.Weights+m.Gradients+m.Averages)/1e6, m.Activations/1e6, m.Logits/1e6, m.Total()/1e6)
	}
	// Output:
	// 124M, 8 of   91 tokens: four times the weights 1991, activations   474, logits  146, in all  2612
	// 124M, 8 of 1024 tokens: four times the weights 1991, activations  5342, logits 1646, in all  8979
	// 124M, 1 of 1024 tokens: four times the weights 1991, activations   667, logits  205, in all  2864
	// 355M, 8 of   91 tokens: four times the weights 5677, activations  1206, logits  146, in all  7029
	// 355M, 8 of 1024 tokens: four times the weights 5677, activations 13572, logits 1646, in all 20896
	// 355M, 1 of 1024 tokens: four times the weights 5677, activations  1696, logits  205, in all  7579
}

// A tiny model with no past learns four entries by heart.
func ExampleTuner() {
	bpe := tokenizer()
	m := gpt.New(gpt.Config{Vocab: bpe.Vocab(), Context: 64, Width: 32, Heads: 2, Layers: 2, QKVBias: true, TiedHead: true})
	m.Init(rand.New(rand.NewPCG(1, 2)))
	settings := instruct.DefaultSettings
	settings.Epochs, settings.Batch, settings.Schedule.Peak = 150, 4, 1e-2
	tuner, err := instruct.NewTuner(m, bpe, lessons, lessons, settings) // to learn from, and to watch
	if err != nil {
		fmt.Println(err)
		return
	}
	before, _ := tuner.Loss(0)
	for step := range tuner.Steps(context.Background()) {
		if step.N == tuner.Total {
			fmt.Println("steps", step.N)
		}
	}
	after, _ := tuner.Loss(0)
	fmt.Printf("loss before %.1f, after %.1f\n", before, after)
	// Output:
	// steps 150
	// loss before 5.9, after 0.0
}

// Answers arrive piece by piece; a slow model is read while it thinks.
func ExampleAssistant_Respond() {
	assistant := instruct.New(taught()) // the tiny model of the last example
	for piece, err := range assistant.Respond(context.Background(), "Say light in Chinese.", "", instruct.Options{}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%q ", piece)
	}
	// Output: "光" "，" "光" "线"
}

// With options: never more than six tokens, drawn, but only from those half as
// likely as the likeliest, and nothing from the comma on.
func ExampleAssistant_Respond_options() {
	assistant := instruct.New(taught())
	o := instruct.Options{
		Sampler: pretrain.Sampler{Temperature: 0.8, MinP: 0.5}, Seed: 7, MaxTokens: 6, Stop: []string{"，"},
	}
	for piece, err := range assistant.Respond(context.Background(), "Say light in Chinese.", "", o) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(piece)
	}
	// Output: 光
}

// A directory that llm instruct train has written, or [pretrain.SaveModel].
func ExampleOpen() {
	dir, remove := saved()
	defer remove()
	assistant, err := instruct.Load(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	for piece, err := range assistant.Respond(context.Background(), "What is the plural of foot?", "", instruct.Options{}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Print(piece)
	}
	// Output: feet
}

// Any file system will do: one that go:embed has put into the program, or, as
// here, one in memory.
func ExampleLoadFS() {
	dir, remove := saved()
	defer remove()
	files := fstest.MapFS{}
	for _, name := range []string{"config.json", "model.safetensors", "vocab.json", "merges.txt"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			fmt.Println(err)
			return
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	assistant, err := instruct.LoadFS(files)
	if err != nil {
		fmt.Println(err)
		return
	}
	for piece, err := range assistant.Respond(context.Background(), "Name the opposite.", "hot", instruct.Options{}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Print(piece)
	}
	// Output: cold
}

// A model learns from entries that are conversations themselves: the instruction
// of one has an earlier exchange in it, headers and all.
func ExampleConversation() {
	var talks []instruct.Entry
	for _, name := range []string{"Ada", "Bob", "Eve"} {
		hello := "My name is " + name + "."
		talks = append(talks,
			instruct.Entry{Instruction: hello, Output: "Hello, " + name + "."},
			instruct.Entry{
				Instruction: hello + "\n\n### Response:\nHello, " + name + ".\n\n### Instruction:\nWhat is my name?",
				Output:      name,
			})
	}
	conversation := instruct.New(train(talks, 96)).NewConversation()
	for _, instruction := range []string{"My name is Eve.", "What is my name?"} {
		fmt.Print(instruction, " -> ")
		for piece, err := range conversation.Say(context.Background(), instruction, "", instruct.Options{MaxTokens: 8}) {
			if err != nil {
				fmt.Println(err)
				return
			}
			fmt.Print(piece)
		}
		fmt.Println()
	}
	for _, e := range conversation.History() {
		fmt.Printf("%q\n", e.Output)
	}
	// Output:
	// My name is Eve. -> Hello, Eve.
	// What is my name? -> Eve
	// "Hello, Eve."
	// "Eve"
}

// What the context cannot hold is forgotten, the oldest first.
func ExampleConversation_Forgotten() {
	conversation := instruct.New(train(lessons, 100)).NewConversation() // 100 tokens of context
	for _, word := range []string{"hot", "day", "hot", "day"} {
		for _, err := range conversation.Say(context.Background(), "Name the opposite.", word, instruct.Options{MaxTokens: 4}) {
			if err != nil {
				fmt.Println(err)
				return
			}
		}
		fmt.Println(len(conversation.History()), "remembered,", conversation.Forgotten(), "forgotten")
	}
	conversation.Reset()
	fmt.Println(len(conversation.History()), "remembered,", conversation.Forgotten(), "forgotten")
	// Output:
	// 1 remembered, 0 forgotten
	// 2 remembered, 0 forgotten
	// 3 remembered, 0 forgotten
	// 3 remembered, 1 forgotten
	// 0 remembered, 0 forgotten
}

func ExampleAssistant_Respond_tooLong() {
	assistant := instruct.New(taught())
	letter := strings.Repeat("Sir, I have the honour to report. ", 20)
	for _, err := range assistant.Respond(context.Background(), "Sum up.", letter, instruct.Options{}) {
		fmt.Println(err)
	}
	// Output: instruct: the prompt has 563 tokens, the model reads at most 64, its answer included: shorten the prompt
}

func ExampleAssistant_Scores() {
	asked := []instruct.Entry{
		{Instruction: "Name the opposite.", Input: "day", Output: "night", Kind: "opposite"},
		{Instruction: "Name the opposite.", Input: "hot", Output: "freezing", Kind: "opposite"},
	}
	var tally instruct.Tally
	for s, err := range instruct.New(taught()).Scores(context.Background(), asked, instruct.Options{}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s: %s, right: %t\n", s.Input, s.Response, s.Right)
		tally.Add(s)
	}
	fmt.Printf("%d of %d\n", tally.Right, tally.Exact)
	// Output:
	// day: night, right: true
	// hot: cold, right: false
	// 1 of 2
}
