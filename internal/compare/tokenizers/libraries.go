package main

import (
	"time"

	"github.com/pkoukk/tiktoken-go"
	loader "github.com/pkoukk/tiktoken-go-loader"
	"github.com/pkoukk/tiktoken-go-loader/assets"
	"github.com/tiktoken-go/tokenizer"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
)

// libraries returns chapter 1 and the libraries in Go, with the text to encode.
func libraries(text string) ([]contestant, error) {
	ranks, err := assets.Assets.Open("r50k_base.tiktoken") // GPT-2's
	if err != nil {
		return nil, err
	}
	defer ranks.Close()
	ours, err := tokens.ReadRanks(ranks)
	if err != nil {
		return nil, err
	}
	tiktokenGo, err := tokenizer.Get(tokenizer.R50kBase)
	if err != nil {
		return nil, err
	}
	tiktoken.SetBpeLoader(loader.NewOfflineLoader())
	pkoukk, err := tiktoken.GetEncoding("r50k_base")
	if err != nil {
		return nil, err
	}
	return []contestant{
		{"ch01_tokens", func() ([]int, time.Duration, error) {
			start := time.Now()
			ids := ours.Encode(text)
			return ids, time.Since(start), nil
		}},
		{"tiktoken-go/tokenizer", func() ([]int, time.Duration, error) {
			start := time.Now()
			unsigned, _, err := tiktokenGo.Encode(text)
			took := time.Since(start)
			ids := make([]int, len(unsigned))
			for i, id := range unsigned {
				ids[i] = int(id)
			}
			return ids, took, err
		}},
		{"pkoukk/tiktoken-go", func() ([]int, time.Duration, error) {
			start := time.Now()
			ids := pkoukk.EncodeOrdinary(text)
			return ids, time.Since(start), nil
		}},
	}, nil
}
