package instruct

import (
	"context"
	"fmt"
	"io/fs"
	"iter"
	"math"
	"math/rand/v2"
	"strings"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// An Assistant is a model that follows instructions, with its tokenizer. It
// is never written to after it was made, so any number of goroutines may use
// one Assistant at the same time.
type Assistant struct {
	model *gpt.Model
	bpe   *tokens.BPE
}

// New returns the assistant of a model and its tokenizer. It panics when the
// two have vocabularies of different sizes.
func New(m *gpt.Model, t *tokens.BPE) *Assistant {
	if m.Config.Vocab != t.Vocab() {
		panic("instruct: the tokenizer is not the model's")
	}
	return &Assistant{m, t}
}

// Open reads an assistant from a directory that pretrain.SaveModel has
// written. The files may also come from elsewhere: their formats are those of
// the published GPT-2.
func Open(dir string) (*Assistant, error) {
	m, t, err := pretrain.LoadModel(dir)
	if err != nil {
		return nil, fmt.Errorf("instruct: %w", err)
	}
	return New(m, t), nil
}

// OpenFS reads an assistant from a file system, for instance one that the
// program carries inside itself:
//
//	//go:embed model
//	var embedded embed.FS
//
//	files, err := fs.Sub(embedded, "model")
//	assistant, err := instruct.OpenFS(files)
func OpenFS(files fs.FS) (*Assistant, error) {
	m, t, err := pretrain.LoadModelFS(files, "the file system")
	if err != nil {
		return nil, fmt.Errorf("instruct: %w", err)
	}
	return New(m, t), nil
}

// Respond answers an instruction, with input as its material or "" for none.
// It yields the answer in pieces as they come into being; joined, they are the
// whole answer. A piece is never empty and never ends inside a character;
// bytes that are part of no character become U+FFFD.
//
// The answer ends where the model says so, at the limit of [MaxTokens], or
// where the model's context is full. When ctx is cancelled, its error is the
// last thing yielded. A prompt that leaves no room in the context is an error.
// Leaving the loop early is fine. Each loop over the result answers anew.
func (a *Assistant) Respond(ctx context.Context, instruction, input string, options ...Option) iter.Seq2[string, error] {
	o := choose(options)
	return func(yield func(string, error) bool) {
		prompt := a.bpe.Encode(Entry{Instruction: instruction, Input: input}.Prompt())
		if most := a.model.Config.Context; len(prompt) >= most {
			yield("", fmt.Errorf("instruct: the prompt has %d tokens, the model reads at most %d, its answer included: shorten the prompt", len(prompt), most))
			return
		}
		stream := tokens.NewStream(a.bpe)
		for id, err := range a.ids(ctx, prompt, o) {
			if err != nil {
				yield("", err)
				return
			}
			if piece := stream.Next(id); piece != "" && !yield(strings.ToValidUTF8(piece, "\uFFFD"), nil) {
				return
			}
		}
		if rest := stream.Flush(); rest != "" {
			yield(strings.ToValidUTF8(rest, "\uFFFD"), nil)
		}
	}
}

// ids yields the answer to a prompt, id by id, without the end-of-text id.
// The cache belongs to this call: it is all that changes.
func (a *Assistant) ids(ctx context.Context, prompt []int, o settings) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		rng := rand.New(rand.NewPCG(o.seed, 0))
		cache := gpt.NewCache(a.model.Config)
		next, one := prompt, make([]int, 1)
		for n := 0; n < o.maxTokens && cache.Len()+len(next) <= a.model.Config.Context; n++ {
			if err := ctx.Err(); err != nil {
				yield(0, err)
				return
			}
			id := o.sampler.Pick(a.model.Extend(cache, next), rng)
			if id == a.bpe.EndOfText() || !yield(id, nil) {
				return
			}
			one[0] = id
			next = one
		}
	}
}

// An Option changes how Respond chooses its words.
type Option func(*settings)

type settings struct {
	sampler   pretrain.Sampler
	seed      uint64
	maxTokens int
}

// choose applies options to the defaults: always the likeliest word, no limit
// but the context.
func choose(options []Option) settings {
	o := settings{maxTokens: math.MaxInt}
	for _, option := range options {
		option(&o)
	}
	return o
}

// Temperature makes a response bolder: 0, the default, always takes the
// likeliest token, 1 draws tokens as often as the model expects them.
func Temperature(t float32) Option { return func(s *settings) { s.sampler.Temperature = t } }

// TopK draws from the k likeliest tokens only. 0 means all.
func TopK(k int) Option { return func(s *settings) { s.sampler.TopK = k } }

// TopP draws from the fewest tokens that together have probability p. 0 means all.
func TopP(p float32) Option { return func(s *settings) { s.sampler.TopP = p } }

// Seed decides what is drawn: the same seed gives the same response.
func Seed(seed uint64) Option { return func(s *settings) { s.seed = seed } }

// MaxTokens ends the response after n tokens.
func MaxTokens(n int) Option { return func(s *settings) { s.maxTokens = n } }
