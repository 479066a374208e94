package main

import (
	"fmt"
	"time"

	"github.com/llm-from-scratch/llm/branches/llama"
	quantize "github.com/llm-from-scratch/llm/branches/quantize"
	talk "github.com/llm-from-scratch/llm/branches/talk"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
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

// ready prepares the tokenizer of a model that is to answer. It is an error if the model
// has learned to do so in a form that is not known here.
func ready(t pretrain.Tokenizer, think bool) error {
	switch t := t.(type) {
	case *talk.Tokenizer:
		return t.Unknown
	case *talk.Form:
		t.Think(think)
	}
	return nil
}

// today tells a model the date, if it asks for one.
func today(t pretrain.Tokenizer) {
	if form, ok := t.(*talk.Form); ok {
		form.On(time.Now().Format("02 Jan 2006"))
	}
}
