package prompts_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/chat"
	"github.com/llm-from-scratch/llm/branches/layers"
	"github.com/llm-from-scratch/llm/branches/llama"
	"github.com/llm-from-scratch/llm/branches/prompts"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/tokenizerjson"
)

// letters is a tokenizer with a token for each byte that is printed, a few merges and two control tokens.
func letters(merges ...string) *chat.Tokenizer {
	file := tokenizerjson.Tokenizer{Split: tokenizerjson.GPT2, Vocab: map[string]int{}}
	for c := '!'; c <= '~'; c++ {
		file.Vocab[string(c)] = len(file.Vocab)
	}
	file.Vocab["Ġ"], file.Vocab["Ċ"] = len(file.Vocab), len(file.Vocab)+1
	for _, m := range merges {
		file.Merges = append(file.Merges, m)
		file.Vocab[strings.Replace(m, " ", "", 1)] = len(file.Vocab)
	}
	for i, token := range []string{"<|im_start|>", "<|im_end|>"} {
		file.Added = append(file.Added, tokenizerjson.Added{ID: new(len(file.Vocab) + i), Content: token, Special: true})
	}
	t, err := chat.New(file)
	if err != nil {
		panic(err)
	}
	return t
}

// decoders are small models with random weights, of chapter 4 and of today.
func decoders(V, context int) map[string]gpt.Network {
	a := gpt.New(gpt.Config{Vocab: V, Context: context, Width: 16, Heads: 2, Layers: 2, QKVBias: true, TiedHead: true})
	a.Init(rand.New(rand.NewPCG(1, 0)))
	b := llama.New(llama.Config{Vocab: V, Context: context, Width: 16, Hidden: 24, Layers: 2, Heads: 2, KVHeads: 1, HeadDim: 8, Rotary: layers.Rotary{Theta: 1e4}, Epsilon: 1e-5, TiedHead: true})
	b.Init(rand.New(rand.NewPCG(1, 0)))
	for _, m := range []gpt.Network{a, b} { // larger weights, so that answers differ
		for _, p := range m.Params() {
			for i := range p.Data {
				p.Data[i] *= 4
			}
		}
	}
	return map[string]gpt.Network{"gpt": a, "llama": b}
}

func task(t testing.TB, instruction, text string, form *chat.Template) prompts.Task {
	made, err := prompts.NewTask(instruction, text, form)
	require.NoError(t, err)
	return made
}
