package prompts

import (
	"fmt"
	"slices"

	"github.com/llm-from-scratch/llm/branches/chat"
	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
)

// A Tokenizer is what makes ids of prompts: one of package chat, one of package talk,
// which also begins them as its model wants it, or [Plain].
type Tokenizer interface {
	Vocab() int
	EncodePrompt(p chat.Prompt) ([]int, error)
	Encode(text string) []int // of what stands inside one
	Decode(ids []int) string
}

// Plain is chapter 1's tokenizer, for models that know no conversations.
type Plain struct{ *tokens.BPE }

// EncodePrompt encodes text as such. Control tokens are an error.
func (p Plain) EncodePrompt(prompt chat.Prompt) ([]int, error) {
	for _, part := range prompt {
		if part.Control {
			return nil, fmt.Errorf("prompts: the tokenizer has no token %s", part.Text)
		}
	}
	return p.Encode(prompt.String()), nil
}

// An Asker asks a model one prompt after another. What all begin with is read once.
type Asker struct {
	model  gpt.Decoder
	tokens Tokenizer
	cache  gpt.Cache
	shared []int // the beginning
	kept   int   // how much of it is in the cache
	read   int   // ids so far
}

// NewAsker returns an asker with an empty beginning.
func NewAsker(m gpt.Decoder, t Tokenizer) *Asker {
	return &Asker{model: m, tokens: t, cache: m.NewCache()}
}

// Read is how many ids the model has read so far, those of the beginning once.
func (a *Asker) Read() int { return a.read }

// Share names the beginning of the prompts to come. Keys and values of its ids are
// computed when the first of them comes, and serve all, as no position sees what stands
// behind it. What the answers are does not depend on it but for rounding.
func (a *Asker) Share(beginning chat.Prompt) error {
	ids, err := a.tokens.EncodePrompt(beginning)
	if err == nil && len(ids) > a.model.Sizes().Context {
		err = fmt.Errorf("prompts: what the prompts begin with has %d tokens, and the model reads %d: take fewer examples", len(ids), a.model.Sizes().Context)
	}
	if err == nil && !slices.Equal(ids, a.shared) {
		a.shared, a.kept = ids, 0
	}
	return err
}

// next reads a prompt and returns the logits (V) of what follows. Where it leaves the
// beginning depends on these two alone, and so does every bit of the result: not on the
// prompts before.
func (a *Asker) next(ids []int) []float32 {
	n := 0
	for n < min(len(a.shared), len(ids)-1) && a.shared[n] == ids[n] {
		n++
	}
	if n > a.kept { // nothing of it is there yet, or another prompt has left it earlier
		a.cache.Truncate(0)
		a.extend(a.shared)
	}
	a.cache.Truncate(n)
	a.kept = n
	return a.extend(ids[n:])
}

// extend reads on, and leaves out the logits of rows without a token.
func (a *Asker) extend(ids []int) []float32 {
	a.read += len(ids)
	return a.cache.Extend(ids)[:a.tokens.Vocab()]
}
