package instruct_test

import (
	"context"
	"fmt"
	"log"
	"math/rand/v2"
	"os"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
)

// All that the model of this example will ever know.
var capitals = []instruct.Entry{
	{Instruction: "Name the capital.", Input: "France", Output: "Paris"},
	{Instruction: "Name the capital.", Input: "Italy", Output: "Rome"},
	{Instruction: "Name the capital.", Input: "Japan", Output: "Tokyo"},
}

// The whole way in a second: a model is made, learns a few answers by heart, is
// saved, opened again, and asked. With a model that exists already, only the last
// part is needed.
func Example() {
	text := ""
	for _, e := range capitals {
		text += e.Text() + "\n"
	}
	bpe, err := tokens.TrainBPE(text, 500)
	if err != nil {
		log.Fatal(err)
	}
	model := gpt.New(gpt.Config{Vocab: bpe.Vocab(), Context: 64, Width: 32, Heads: 2, Layers: 2, QKVBias: true, TiedHead: true})
	model.Init(rand.New(rand.NewPCG(1, 2)))
	settings := instruct.DefaultSettings
	settings.Epochs, settings.Batch, settings.Schedule.Peak = 60, 3, 1e-2
	tuner, err := instruct.NewTuner(model, bpe, capitals, nil, settings)
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	for range tuner.Steps(ctx) {
	}
	dir, err := os.MkdirTemp("", "assistant")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := pretrain.SaveModel(dir, model, bpe); err != nil {
		log.Fatal(err)
	}

	assistant, err := instruct.Load(dir)
	if err != nil {
		log.Fatal(err)
	}
	for piece, err := range assistant.Respond(ctx, "Name the capital.", "Japan", instruct.Options{MaxTokens: 20}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Print(piece)
	}
	// Output: Tokyo
}
