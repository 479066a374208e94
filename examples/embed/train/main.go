// Command train makes the model that examples/embed carries, in a minute or so:
//
//	go generate ./examples/embed
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"strings"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
)

func main() {
	log.SetFlags(0)
	out := flag.String("out", "model", "`directory` to write the model to")
	flag.Parse()
	if err := train(*out); err != nil {
		log.Fatal(err)
	}
}

// train teaches the practice entries of chapter 7 to a model that has read
// nothing else. Its tokenizer is made of the same entries, so that the preamble,
// which all of them share, takes few tokens.
func train(out string) error {
	entries := instruct.Practice(rand.New(rand.NewPCG(1, 7)))
	var text strings.Builder
	for _, e := range entries {
		text.WriteString(e.Text() + "\n")
	}
	bpe, err := tokens.TrainBPE(text.String(), 400)
	if err != nil {
		return err
	}
	model := gpt.New(gpt.Config{Vocab: bpe.Vocab(), Context: 96, Width: 32, Heads: 4, Layers: 2, QKVBias: true, TiedHead: true})
	model.Init(rand.New(rand.NewPCG(1, 1)))
	learn, watch, exam := instruct.Split(entries)
	settings := instruct.DefaultSettings
	settings.Epochs = 60
	tuner, err := instruct.NewTuner(model, bpe, learn, watch, settings)
	if err != nil {
		return err
	}
	ctx := context.Background()
	for step := range tuner.Steps(ctx) {
		if step.N%(tuner.Total/10) == 0 {
			loss, _ := tuner.Loss(0)
			fmt.Printf("step %d of %d, validation loss %.3f\n", step.N, tuner.Total, loss)
		}
	}
	var tally instruct.Tally
	for score, err := range instruct.New(model, bpe).Scores(ctx, exam, instruct.Options{}) {
		if err != nil {
			return err
		}
		tally.Add(score)
	}
	fmt.Printf("%d of %d answers right that were held out\n", tally.Right, tally.Exact)
	return pretrain.SaveModel(out, model, bpe)
}
