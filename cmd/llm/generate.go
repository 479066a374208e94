package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"

	"github.com/spf13/cobra"

	"github.com/llm-from-scratch/llm/internal/meter"
	"github.com/llm-from-scratch/llm/internal/plaintext"
)

func generateCommand() *cobra.Command {
	var o sampling
	cmd := command("", "generate [PROMPT...]", cobra.ArbitraryArgs, o.generate)
	o.add(cmd, newton, "the model", 0.8, 200, "")
	return cmd
}

func (o *sampling) generate(cmd *cobra.Command, args []string) error {
	m, bpe, err := o.open(cmd, "pretrain")
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
	if most := m.Sizes().Context; len(ids) > most {
		fmt.Fprintf(cmd.ErrOrStderr(), "llm: the prompt has %d tokens; the model reads the last %d of them\n", len(ids), most)
		ids = ids[len(ids)-most:]
	}
	fmt.Fprint(cmd.OutOrStdout(), prompt)
	speed := write(cmd.Context(), cmd.OutOrStdout(), m, bpe, ids, o.Options, rand.New(rand.NewPCG(o.Seed, 0)))
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
