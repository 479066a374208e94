package main

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"

	"github.com/spf13/cobra"

	quantize "github.com/llm-from-scratch/llm/branches/quantize"
	"github.com/llm-from-scratch/llm/cmd/llm/internal/meter"
	"github.com/llm-from-scratch/llm/internal/plaintext"
)

// generating are the options of llm generate.
type generating struct {
	sampling
	model string
	int8  bool
}

func generateCommand() *cobra.Command {
	var o generating
	cmd := command("", "generate [PROMPT...]", cobra.ArbitraryArgs, o.run)
	o.add(cmd, 0.8)
	modelFlag(cmd, &o.model, newton, "the model")
	cmd.Flags().IntVarP(&o.MaxTokens, "n", "n", 200, "tokens to write, at most")
	int8Flag(cmd, &o.int8)
	return cmd
}

func int8Flag(cmd *cobra.Command, int8 *bool) {
	cmd.Flags().BoolVar(int8, "int8", false, "round the weights to one byte each: large models write about three times as fast")
}

func (o *generating) run(cmd *cobra.Command, args []string) error {
	if err := errors.Join(o.check(), atLeast(1, "n", o.MaxTokens)); err != nil {
		return err
	}
	m, bpe, err := loadModel(cmd, o.model, "pretrain")
	if err != nil {
		return err
	}
	prompt, err := promptOf(cmd, args)
	if err != nil {
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
	w := writing{model: m, bpe: bpe, sampler: o.Sampler, rng: rand.New(rand.NewPCG(o.Seed, 0)), stops: o.Stop, most: o.MaxTokens}
	if o.int8 {
		w.model = quantize.Int8(m)
	}
	fmt.Fprint(cmd.OutOrStdout(), prompt)
	speed := w.to(cmd.Context(), cmd.OutOrStdout(), ids)
	fmt.Fprintln(cmd.OutOrStdout())
	fmt.Fprintf(cmd.ErrOrStderr(), "%d tokens read, %v\n", len(ids), speed)
	return cmd.Context().Err()
}

// promptOf is the prompt on the command line, or else on the standard input.
func promptOf(cmd *cobra.Command, args []string) (string, error) {
	if len(args) > 0 || meter.IsTerminal(cmd.InOrStdin()) {
		return plaintext.String("the prompt", []byte(strings.Join(args, " ")))
	}
	const most = 1 << 20 // more than any model reads
	text, err := readAll(cmd, most)
	return strings.TrimRight(text, "\n"), err
}

// readAll reads the text on the standard input, of at most so many bytes.
func readAll(cmd *cobra.Command, most int) (string, error) {
	text, err := io.ReadAll(io.LimitReader(input(cmd.Context(), cmd.InOrStdin()), int64(most)+1))
	if err == nil && len(text) > most {
		err = fmt.Errorf("standard input has more than %d bytes", most)
	}
	return string(text), err
}
