package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"

	"github.com/spf13/cobra"

	quantize "github.com/llm-from-scratch/llm/branches/quantize"
	"github.com/llm-from-scratch/llm/cmd/llm/internal/meter"
	"github.com/llm-from-scratch/llm/internal/plaintext"
)

func generateCommand() *cobra.Command {
	var s sampling
	var n int
	var dir string
	var int8 bool
	cmd := &cobra.Command{
		Use:   "generate [PROMPT...]",
		Short: "Let a model write on from a prompt",
		Long: `Generate prints a prompt and lets a model write on, as it writes. It ends after -n
tokens, before a text that -stop names, where the model itself ends the text, or with
Ctrl-C. How fast it was stands on the standard error.

The prompt is the words on the command line, with a space between them. Without
any, it is the standard input without its last line ends, unless that is a
terminal. From an empty prompt the model writes as after a line end, and from
<|endoftext|>, which is the special token in a prompt, as at the start of a document.

A model reads no more than its context, prompt and answer together. Of a longer
prompt it reads the last tokens that fit, and a note on the standard error says so.
When it has filled the context, it reads the last tokens again for each new one,
which is slow; what it wrote before, it no longer knows.

First comes the repetition penalty, on the tokens that the model reads; then the
temperature, top-k, top-p and min-p.`,
		Example: `llm generate "The Rays of Light"
llm generate -n 500 -temperature 0.5 "Exper. 1."     longer and surer
llm generate -top-k 20 -seed 2 "The Colours of"      another text
llm generate -min-p 0.05 "The Colours of"            nothing far-fetched
llm generate -temperature 0 "If the"                 always the likeliest token
llm generate -temperature 0 -repetition-penalty 1.2 "If the"
llm generate -stop . -stop "\n\n" "The Colours of"   one sentence
llm generate -int8 "The Colours of"                  with weights of one byte
llm generate -model gpt2 "Every effort moves you"    once llm data get gpt2 has fetched it
echo "If a Glass" | llm generate -model runs/mine`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := s.check(); err != nil {
				return err
			}
			if n < 1 {
				return usagef("-n cannot be %d; it takes 1 or more", n)
			}
			return generate(cmd, dir, args, s, n, int8)
		},
	}
	s.add(cmd, 0.8)
	cmd.Flags().StringVar(&dir, "model", newton, "`directory` of the model, or its name among the downloads")
	cmd.Flags().IntVarP(&n, "n", "n", 200, "tokens to write, at most")
	int8Flag(cmd, &int8)
	return cmd
}

func int8Flag(cmd *cobra.Command, int8 *bool) {
	cmd.Flags().BoolVar(int8, "int8", false, "round the weights to one byte each: large models write about three times as fast")
}

// maxPrompt is more than any model reads.
const maxPrompt = 1 << 20

func generate(cmd *cobra.Command, dir string, args []string, s sampling, n int, int8 bool) error {
	m, bpe, err := loadModel(cmd, dir, "pretrain")
	if err != nil {
		return err
	}
	prompt := strings.Join(args, " ")
	if len(args) == 0 && !meter.IsTerminal(cmd.InOrStdin()) {
		if prompt, err = readAll(cmd.Context(), cmd.InOrStdin(), maxPrompt); err != nil {
			return err
		}
		prompt = strings.TrimRight(prompt, "\n")
	} else if prompt, err = plaintext.String("the prompt", []byte(prompt)); err != nil {
		return err
	}
	ids := bpe.EncodeSpecial(prompt)
	if len(ids) == 0 {
		ids = bpe.Encode("\n") // a model needs something to begin from
	}
	if most := m.Config.Context; len(ids) > most {
		fmt.Fprintf(cmd.ErrOrStderr(), "llm: the prompt has %d tokens; the model reads the last %d of them\n", len(ids), most)
		ids = ids[len(ids)-most:]
	}
	w := writing{model: m, bpe: bpe, sampler: s.Sampler, rng: rand.New(rand.NewPCG(s.seed, 0)), stops: s.stops, most: n}
	if int8 {
		w.model = quantize.Int8(m)
	}
	out := cmd.OutOrStdout()
	fmt.Fprint(out, prompt)
	speed, err := w.to(cmd.Context(), out, ids)
	if err != nil {
		return err
	}
	fmt.Fprintln(out)
	fmt.Fprintf(cmd.ErrOrStderr(), "%d tokens read, %v\n", len(ids), speed)
	return cmd.Context().Err()
}

// readAll reads the text in r, of at most so many bytes, until ctx is cancelled.
func readAll(ctx context.Context, r io.Reader, most int) (string, error) {
	text, err := io.ReadAll(io.LimitReader(plaintext.NewReader("standard input", until(ctx, r)), int64(most)+1))
	if err == nil && len(text) > most {
		err = fmt.Errorf("standard input has more than %d bytes", most)
	}
	return string(text), err
}

// until reads r until ctx is cancelled: reading from a terminal cannot be
// interrupted, but it can be left alone.
func until(ctx context.Context, r io.Reader) io.Reader {
	out, in := io.Pipe()
	context.AfterFunc(ctx, func() { out.CloseWithError(ctx.Err()) })
	go func() {
		_, err := io.Copy(in, r)
		in.CloseWithError(err)
	}()
	return out
}
