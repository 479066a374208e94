package instruct

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"math"
	"math/rand/v2"
	"slices"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// An Assistant is a model that follows instructions, with its tokenizer. It
// is never written to after it was made, so any number of goroutines may use
// one Assistant at the same time.
type Assistant struct {
	model   gpt.Decoder
	context int
	bpe     *tokens.BPE
}

// New returns the assistant of a model, in whatever form its weights are, and its
// tokenizer. It panics when the two have vocabularies of different sizes.
func New(m gpt.Decoder, t *tokens.BPE) *Assistant {
	if m.Shape().Vocab != t.Vocab() {
		panic("instruct: the tokenizer is not the model's")
	}
	return &Assistant{m, m.Shape().Context, t}
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
// It yields the answer in pieces as they come into being, as [pretrain.Text] does;
// joined, they are the whole answer.
//
// The answer ends where the model says so, before a string of [Stop], at the
// limit of [MaxTokens], or where the model's context is full. When ctx is
// cancelled, its error is the last thing yielded. A prompt that leaves no room in
// the context is an error, and so is an option out of its range. Leaving the loop early is fine. Each loop over the
// result answers anew.
func (a *Assistant) Respond(ctx context.Context, instruction, input string, options ...Option) iter.Seq2[string, error] {
	o, err := choose(options)
	return func(yield func(string, error) bool) {
		prompt := a.bpe.Encode(Entry{Instruction: instruction, Input: input}.Prompt())
		if err := cmp.Or(err, a.fits(len(prompt))); err != nil {
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
func (a *Assistant) answer(ctx context.Context, cache *gpt.Cache, prompt []int, o settings) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for piece := range pretrain.Text(a.bpe, a.ids(ctx, cache, prompt, o), o.stops...) {
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
func (a *Assistant) ids(ctx context.Context, cache *gpt.Cache, prompt []int, o settings) iter.Seq[int] {
	return func(yield func(int) bool) {
		left := min(o.maxTokens, a.context-len(prompt)+1)
		if left < 1 || ctx.Err() != nil {
			return
		}
		rng := rand.New(rand.NewPCG(o.seed, 0))
		for id := range gpt.Continue(a.model, cache, prompt, o.sampler.Next(rng)) {
			if left--; ctx.Err() != nil || !yield(id) || left == 0 {
				return
			}
		}
	}
}

// An Option changes how Respond chooses its words.
type Option func(*settings)

type settings struct {
	sampler   pretrain.Sampler
	seed      uint64
	maxTokens int
	stops     []string
}

// choose applies options to the defaults: always the likeliest word, no limit
// but the context.
func choose(options []Option) (settings, error) {
	o := settings{maxTokens: math.MaxInt}
	for _, option := range options {
		option(&o)
	}
	if err := o.sampler.Validate(); err != nil {
		return o, fmt.Errorf("instruct: %w", err)
	}
	if o.maxTokens < 0 {
		return o, errors.New("instruct: MaxTokens takes 0 or more")
	}
	if slices.Contains(o.stops, "") {
		return o, errors.New("instruct: Stop takes no empty text")
	}
	return o, nil
}

// Temperature makes a response bolder: 0, the default, always takes the
// likeliest token, 1 draws tokens as often as the model expects them.
func Temperature(t float32) Option { return func(s *settings) { s.sampler.Temperature = t } }

// TopK draws from the k likeliest tokens only. 0 means all.
func TopK(k int) Option { return func(s *settings) { s.sampler.TopK = k } }

// TopP draws from the fewest tokens that together have probability p. 0 means all.
func TopP(p float32) Option { return func(s *settings) { s.sampler.TopP = p } }

// MinP draws from the tokens that are at least p times as likely as the likeliest.
// 0 means all.
func MinP(p float32) Option { return func(s *settings) { s.sampler.MinP = p } }

// RepetitionPenalty holds tokens back that the prompt or the answer has already,
// by a factor above 1, such as 1.2; see [pretrain.Sampler.Penalize]. 1, the
// default, does not. It acts without a temperature too.
func RepetitionPenalty(theta float32) Option {
	return func(s *settings) { s.sampler.RepetitionPenalty = theta }
}

// Seed decides what is drawn: the same seed gives the same response.
func Seed(seed uint64) Option { return func(s *settings) { s.seed = seed } }

// MaxTokens ends the response after n tokens.
func MaxTokens(n int) Option { return func(s *settings) { s.maxTokens = n } }

// Stop ends the response where one of the texts would appear in it, and leaves
// that out. None of them is empty.
func Stop(texts ...string) Option {
	return func(s *settings) { s.stops = append(s.stops, texts...) }
}
