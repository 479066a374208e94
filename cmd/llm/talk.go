package main

import (
	"fmt"

	"github.com/llm-from-scratch/llm/branches/llama"
	"github.com/llm-from-scratch/llm/branches/quantize"
	"github.com/llm-from-scratch/llm/branches/talk"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	classify "github.com/llm-from-scratch/llm/ch06_classify_ft"
)

// inBytes is a model with one byte a weight.
func inBytes(m gpt.Network) (gpt.Decoder, error) {
	switch m := m.(type) {
	case *gpt.Model:
		return quantize.Int8(m), nil
	case *llama.Model:
		return quantize.Llama(m), nil
	case *talk.Model:
		return m.With(quantize.Llama(m.Model)), nil
	}
	return nil, fmt.Errorf("a model of this kind is not written with -int8 here: GPT-2 and today's are")
}

// loadFilter reads a filter over a model of any kind.
func loadFilter(dir string) (*classify.Filter, error) { return classify.LoadWith(dir, talk.Load) }
