package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"

	"github.com/spf13/cobra"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/cmd/llm/internal/meter"
)

// sampling are the options of every command that lets a model write.
type sampling struct {
	temperature float32
	topK        int
	topP        float32
	seed        uint64
}

func (s *sampling) add(cmd *cobra.Command, temperature float32) {
	flags := cmd.Flags()
	flags.Float32Var(&s.temperature, "temperature", temperature, "below 1 surer, above 1 wilder, 0 always the likeliest token")
	flags.IntVar(&s.topK, "top-k", 0, "choose among the `k` likeliest tokens; 0 for all")
	flags.Float32Var(&s.topP, "top-p", 0, "choose among the likeliest tokens that reach probability `p`; 0 for all")
	flags.Uint64Var(&s.seed, "seed", 1, "of the choice: the same seed, the same text")
}

func (s *sampling) check() error {
	switch {
	case !(s.temperature >= 0 && s.temperature <= 1e6):
		return usagef("-temperature cannot be %v; it takes 0 or more", s.temperature)
	case s.topK < 0:
		return usagef("-top-k cannot be %d; it takes 0 or more", s.topK)
	case !(s.topP >= 0 && s.topP <= 1):
		return usagef("-top-p cannot be %v; it takes 0 to 1", s.topP)
	}
	return nil
}

func generateCommand() *cobra.Command {
	var s sampling
	var n int
	var dir string
	var int8 bool
	cmd := &cobra.Command{
		Use:   "generate [PROMPT...]",
		Short: "Let a model write on from a prompt",
		Long: `Generate prints a prompt and lets a model write on. The prompt is what stands on
the command line, or else what comes on the standard input.

A model reads no more than its context: of a longer prompt, the last tokens that
fit are used, and a note on the standard error says so.`,
		Example: `llm generate "The Rays of Light"
llm generate -n 500 -temperature 0.5 "Exper. 1."     longer and surer
llm generate -top-k 20 -seed 2 "The Colours of"      another text
llm generate -temperature 0 "If the"                 always the likeliest token
llm generate -int8 "The Colours of"                  with weights of one byte
echo "If a Glass" | llm generate -model runs/mine`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := s.check(); err != nil {
				return err
			}
			if n < 1 {
				return usagef("-n cannot be %d; it takes 1 or more", n)
			}
			return generate(cmd, dir, strings.Join(args, " "), s, n, int8)
		},
	}
	s.add(cmd, 0.8)
	cmd.Flags().StringVar(&dir, "model", newton, "`directory` of the model")
	cmd.Flags().IntVarP(&n, "n", "n", 200, "tokens to write")
	cmd.Flags().BoolVar(&int8, "int8", false, "round the weights to one byte each: large models write about three times as fast")
	return cmd
}

func generate(cmd *cobra.Command, dir, prompt string, s sampling, n int, int8 bool) error {
	m, bpe, err := loadModel(dir, "pretrain")
	if err != nil {
		return err
	}
	if prompt == "" && !meter.IsTerminal(cmd.InOrStdin()) {
		if prompt, err = readAll(cmd.Context(), cmd.InOrStdin()); err != nil {
			return err
		}
		prompt = strings.TrimRight(prompt, "\r\n")
	}
	ids := bpe.Encode(prompt)
	if len(ids) == 0 {
		ids = bpe.Encode("\n") // a model needs something to begin from
	}
	if most := m.Config.Context; len(ids) > most {
		fmt.Fprintf(cmd.ErrOrStderr(), "llm: the prompt has %d tokens; the model reads the last %d of them\n", len(ids), most)
	}
	out := cmd.OutOrStdout()
	fmt.Fprint(out, prompt)
	rng := rand.New(rand.NewPCG(s.seed, 0))
	sampler := pretrain.Sampler{Temperature: s.temperature, TopK: s.topK, TopP: s.topP}
	var decoder gpt.Decoder = m
	if int8 {
		decoder = gpt.Quantize(m)
	}
	err = write(cmd.Context(), out, decoder, bpe, ids, sampler, rng, n)
	fmt.Fprintln(out)
	if err == nil {
		err = cmd.Context().Err()
	}
	return err
}

// readAll reads r to its end, or until ctx is cancelled: reading from a
// terminal cannot be interrupted, but it can be left alone.
func readAll(ctx context.Context, r io.Reader) (string, error) {
	type result struct {
		text []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		text, err := io.ReadAll(r)
		done <- result{text, err}
	}()
	select {
	case r := <-done:
		return string(r.text), r.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
