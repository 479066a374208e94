package instruct

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"math/rand/v2"
	"slices"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// An Assistant is a model that follows instructions, with its tokenizer. It
// is never written to after it was made, so any number of goroutines may use
// one Assistant at the same time.
type Assistant struct {
	model   gpt.Decoder
	context int
	tokens  pretrain.Tokenizer
}

// New returns the assistant of a model, in whatever form its weights are, and its
// tokenizer. It panics when the two have vocabularies of different sizes.
func New(m gpt.Decoder, t pretrain.Tokenizer) *Assistant {
	if m.Sizes().Vocab != t.Vocab() {
		panic("instruct: the tokenizer is not the model's")
	}
	return &Assistant{m, m.Sizes().Context, t}
}

// Load reads an assistant from a directory that [pretrain.SaveModel] has
// written. The files may also come from elsewhere: their formats are those of
// the published GPT-2.
func Load(dir string) (*Assistant, error) {
	m, t, err := pretrain.LoadModel(dir)
	if err != nil {
		return nil, fmt.Errorf("instruct: %w", err)
	}
	return New(m, t), nil
}

// LoadFS reads an assistant from a file system, for instance one that the
// program carries inside itself:
//
//	//go:embed model
//	var embedded embed.FS
//
//	files, err := fs.Sub(embedded, "model")
//	assistant, err := instruct.LoadFS(files)
func LoadFS(files fs.FS) (*Assistant, error) {
	m, t, err := pretrain.LoadModelFS(files, "the file system")
	if err != nil {
		return nil, fmt.Errorf("instruct: %w", err)
	}
	return New(m, t), nil
}

// Respond answers an instruction, with input as its material or "" for none.
// It yields the answer in pieces as they come into being, as [pretrain.Text] does;
// joined, they are the whole answer.
//
// The answer ends where the model says so, where o ends it, or where the model's
// context is full. When ctx is cancelled, its error is the last thing yielded. A
// prompt that leaves no room in the context is an error, and so is an option out of
// its range. Leaving the loop early is fine. Each loop over the result answers anew.
func (a *Assistant) Respond(ctx context.Context, instruction, input string, o Options) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		prompt := encodePrompt(a.tokens, Entry{Instruction: instruction, Input: input})
		if err := cmp.Or(o.validate(), a.fits(len(prompt))); err != nil {
			yield("", err)
			return
		}
		a.answer(ctx, a.model.NewCache(), prompt, o)(yield)
	}
}

// fits returns an error if a prompt of n tokens leaves no room for an answer.
func (a *Assistant) fits(n int) error {
	if n >= a.context {
		return fmt.Errorf("instruct: the prompt has %d tokens, the model reads at most %d, its answer included: shorten the prompt", n, a.context)
	}
	return nil
}

// answer yields the answer to a prompt in pieces of text, see [gpt.Continue] for
// the cache, and last the error of ctx, if it was cancelled.
func (a *Assistant) answer(ctx context.Context, cache gpt.Cache, prompt []int, o Options) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for piece := range pretrain.Text(a.tokens, a.ids(ctx, cache, prompt, o), o.Stop...) {
			if !yield(piece, nil) {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield("", err)
		}
	}
}

// ids yields the ids of an answer, no more than the options and the context
// allow, until ctx is cancelled.
func (a *Assistant) ids(ctx context.Context, cache gpt.Cache, prompt []int, o Options) iter.Seq[int] {
	return func(yield func(int) bool) {
		if ctx.Err() != nil {
			return
		}
		left := a.context - len(prompt) + 1
		if o.MaxTokens > 0 {
			left = min(left, o.MaxTokens)
		}
		rng := rand.New(rand.NewPCG(o.Seed, 0))
		for id := range gpt.Continue(a.model, cache, prompt, o.Sampler.Next(rng)) {
			if left--; ctx.Err() != nil || !yield(id) || left == 0 {
				return
			}
		}
	}
}

// Options are the choices of an answer. With the zero Options it consists of the
// likeliest tokens, and nothing ends it but the model and its context.
type Options struct {
	Sampler   pretrain.Sampler // how the next token is chosen
	Seed      uint64           // decides what is drawn: the same seed gives the same answer
	MaxTokens int              // ends the answer after so many tokens; 0 for no limit
	Stop      []string         // ends the answer before each of these texts, none of them empty
}

// validate returns an error if an option is out of its range.
func (o Options) validate() error {
	err := o.Sampler.Validate()
	switch {
	case o.MaxTokens < 0:
		err = fmt.Errorf("max-tokens cannot be %d; it takes 0 or more", o.MaxTokens)
	case slices.Contains(o.Stop, ""):
		err = errors.New("a stop string cannot be empty")
	}
	if err != nil {
		return fmt.Errorf("instruct: %w", err)
	}
	return nil
}
