package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
)

// sampling are the options of every command that lets a model write.
type sampling struct{ instruct.Options }

func (s *sampling) add(cmd *cobra.Command, temperature float32) {
	flags := cmd.Flags()
	flags.Float32Var(&s.Sampler.Temperature, "temperature", temperature, "below 1 surer, above 1 wilder, 0 always the likeliest token")
	flags.IntVar(&s.Sampler.TopK, "top-k", 0, "choose among the `k` likeliest tokens; 0 for all")
	flags.Float32Var(&s.Sampler.TopP, "top-p", 0, "choose among the likeliest tokens that reach probability `p`; 0 for all")
	flags.Float32Var(&s.Sampler.MinP, "min-p", 0, "choose among the tokens at least `p` times as likely as the likeliest; 0 for all")
	flags.Float32Var(&s.Sampler.RepetitionPenalty, "repetition-penalty", 1, "above 1, make tokens less likely by `x` that the text has already; 1.2 is usual")
	flags.Uint64Var(&s.Seed, "seed", 1, "of the choice: the same seed, the same text")
	flags.StringArrayVar(&s.Stop, "stop", nil, "end before this `text`, in which \\n is a line end; may be given several times")
}

// unescape lets a line end be written on a command line.
var unescape = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\t`, "\t")

func (s *sampling) check() error {
	if slices.Contains(s.Stop, "") {
		return usagef("-stop cannot be empty; it takes the text to end before")
	}
	for i, stop := range s.Stop {
		s.Stop[i] = unescape.Replace(stop)
	}
	return optionError(s.Sampler.Validate())
}

// A writing is a text that a model writes on.
type writing struct {
	model   gpt.Decoder
	bpe     *tokens.BPE
	sampler pretrain.Sampler
	rng     *rand.Rand
	stops   []string
	most    int // tokens
}

// to streams what comes after prompt to w, which reports a failure itself. It ends
// after the most tokens, before a stop string, where the model ends the text, or when
// ctx is cancelled.
func (o *writing) to(ctx context.Context, w io.Writer, prompt []int) speed {
	s := speed{time.Now()}
	ids := func(yield func(int) bool) {
		for id := range pretrain.Generate(o.model, prompt, o.sampler, o.rng) {
			if ctx.Err() != nil {
				return
			}
			if id != o.bpe.EndOfText() {
				s = append(s, time.Now())
			}
			if !yield(id) || len(s) > o.most {
				return
			}
		}
	}
	for text := range pretrain.Text(o.bpe, ids, o.stops...) {
		io.WriteString(w, text)
	}
	return s
}

// speed is when each token was written, after when the writing began.
type speed []time.Time

// String tells what was measured. The first token does not count for the speed:
// it waits for the prompt to be read.
func (s speed) String() string {
	tokens := len(s) - 1
	if tokens == 0 {
		return "no token written"
	}
	text := fmt.Sprintf("first token after %.3f s, %d written", s[1].Sub(s[0]).Seconds(), tokens)
	if since := s[tokens].Sub(s[1]).Seconds(); since > 0 {
		text += fmt.Sprintf(", %.1f tokens/s", float64(tokens-1)/since)
	}
	return text
}
