package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
	"github.com/llm-from-scratch/llm/internal/plaintext"
)

// sampling are the options of every command that lets a model write.
type sampling struct {
	instruct.Options
	model string
	int8  bool
}

// add adds the options; most says what is normal for -n where tokens is 0.
func (s *sampling) add(cmd *cobra.Command, model, what string, temperature float32, tokens int, most string) {
	modelFlag(cmd, &s.model, model, what)
	flags := cmd.Flags()
	flags.IntVarP(&s.MaxTokens, "n", "n", tokens, "tokens to write, at most"+most)
	flags.BoolVar(&s.int8, "int8", false, "round the weights to one byte each: large models write about three times as fast")
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

// open checks the options and reads the model, which command makes.
func (s *sampling) open(cmd *cobra.Command, command string) (gpt.Decoder, pretrain.Tokenizer, error) {
	err := s.check()
	if cmd.Flags().Changed("n") {
		err = errors.Join(err, atLeast(1, "n", s.MaxTokens))
	}
	if err != nil {
		return nil, nil, err
	}
	m, t, err := loadModel(cmd, s.model, command)
	if err != nil || !s.int8 {
		return m, t, err
	}
	d, err := inBytes(m)
	return d, t, err
}

func (s *sampling) check() error {
	if slices.Contains(s.Stop, "") {
		return usagef("-stop cannot be empty; it takes the text to end before")
	}
	for i, stop := range s.Stop {
		s.Stop[i] = plaintext.LineEnds.Replace(unescape.Replace(stop)) // perhaps half a character, as a model writes it
	}
	return optionError(s.Sampler.Validate())
}

// write streams to w, which reports a failure itself, what a model writes after
// prompt. It ends after the most tokens, before a stop string, where the model ends the
// text, or when ctx is cancelled.
func write(ctx context.Context, w io.Writer, m gpt.Decoder, t pretrain.Tokenizer, prompt []int, o instruct.Options, rng *rand.Rand) speed {
	s := speed{time.Now()}
	ids := func(yield func(int) bool) {
		for id := range pretrain.Generate(m, prompt, o.Sampler, rng) {
			if ctx.Err() != nil {
				return
			}
			if !t.Ends(id) {
				s = append(s, time.Now())
			}
			if !yield(id) || len(s) > o.MaxTokens {
				return
			}
		}
	}
	for text := range pretrain.Text(t, ids, o.Stop...) {
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
