package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/spf13/cobra"

	quantize "github.com/llm-from-scratch/llm/branches/quantize"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
	"github.com/llm-from-scratch/llm/cmd/llm/internal/meter"
)

func chatCommand() *cobra.Command {
	var s sampling
	var dir string
	var most int
	var int8, history bool
	cmd := &cobra.Command{
		Use:   "chat",
		Short: "Talk to an assistant",
		Long: `Chat answers instructions, one a line, as it writes them. What stands behind a bar is
the material of the instruction. The line /reset forgets what was said, /help says
what there is, and an empty line, or Ctrl-D, ends the chat.

The assistant reads each instruction after those before it, with its answers to them.
When the model's context cannot hold them all and -n tokens more, the oldest are
forgotten; the first time, a note on the standard error says so. This is of use to
a model with a long context that was trained on conversations. The one that llm
instruct train makes is neither: beside a full answer its context has no room for
an earlier exchange, so it answers each line by itself. With a small -n one fits,
and it answers worse. With -history=false it never reads one.`,
		Example: `llm chat
echo "What is the opposite of hot?" | llm chat
echo "Which word is last? | red sun" | llm chat
llm chat -temperature 0.8 -seed 3
llm chat -history=false           each line by itself
llm chat -int8 -model runs/mine   with weights of one byte`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := s.check(); err != nil {
				return err
			}
			if most < 1 && cmd.Flags().Changed("n") {
				return usagef("-n cannot be %d; it takes 1 or more", most)
			}
			m, bpe, err := loadModel(cmd, dir, "instruct train")
			if err != nil {
				return err
			}
			if most < 1 {
				most = max(1, m.Config.Context/4)
			}
			a := instruct.New(m, bpe)
			if int8 {
				a = instruct.New(quantize.Int8(m), bpe)
			}
			c := chat{assistant: a, context: m.Config.Context, options: instruct.Options{Sampler: s.Sampler, Seed: s.seed, MaxTokens: most, Stop: s.stops}}
			if history {
				c.conversation = a.NewConversation()
			}
			return c.run(cmd)
		},
	}
	s.add(cmd, 0)
	cmd.Flags().StringVar(&dir, "model", assistant, "`directory` of the assistant, or its name among the downloads")
	cmd.Flags().IntVarP(&most, "n", "n", 0, "tokens to answer with, at most (default a quarter of the context)")
	cmd.Flags().BoolVar(&history, "history", true, "remember what was said, as far as the context holds it")
	int8Flag(cmd, &int8)
	return cmd
}

// chatHelp is what /help prints.
const chatHelp = `INSTRUCTION, or INSTRUCTION | MATERIAL, is answered
/reset   forgets what was said
/help    shows this
An empty line, or Ctrl-D, ends the chat.
`

// A chat answers one line after another.
type chat struct {
	assistant    *instruct.Assistant
	conversation *instruct.Conversation // nil without a history
	context      int
	options      instruct.Options
	told         bool // that exchanges are forgotten
}

func (c *chat) run(cmd *cobra.Command) error {
	out := cmd.OutOrStdout()
	prompt, leave := func() {}, func() {}
	if meter.IsTerminal(cmd.InOrStdin()) {
		prompt = func() { fmt.Fprint(out, "> ") }
		leave = func() { fmt.Fprintln(out) } // else the shell's prompt stands behind ours
	}
	prompt()
	for line, err := range lines(cmd.Context(), cmd.InOrStdin()) {
		if err != nil {
			leave()
			return err
		}
		line = strings.TrimSpace(line)
		switch {
		case line == "":
			return nil
		case line[0] == '/':
			c.order(cmd, line)
		default:
			if err := c.answer(cmd, line); err != nil {
				return err
			}
		}
		prompt()
	}
	leave()
	return nil
}

// order obeys a line that is not for the assistant.
func (c *chat) order(cmd *cobra.Command, line string) {
	switch line {
	case "/reset":
		if c.conversation != nil {
			c.conversation.Reset()
			c.told = false
		}
	case "/help":
		fmt.Fprint(cmd.OutOrStdout(), chatHelp)
	default:
		fmt.Fprintf(cmd.ErrOrStderr(), "llm: no %s here; there are /reset and /help\n", line)
	}
}

// answer answers one line. That it cannot be answered does not end the chat.
func (c *chat) answer(cmd *cobra.Command, line string) error {
	instruction, input, _ := strings.Cut(line, "|")
	instruction, input = strings.TrimSpace(instruction), strings.TrimSpace(input)
	if instruction == "" {
		fmt.Fprintln(cmd.ErrOrStderr(), "llm: there is no instruction before the bar")
		return nil
	}
	out := cmd.OutOrStdout()
	for piece, err := range c.say(cmd.Context(), instruction, input) {
		if errors.Is(err, context.Canceled) {
			fmt.Fprintln(out)
			return err
		}
		if err != nil {
			fmt.Fprintf(cmd.ErrOrStderr(), "llm: %v\n", err)
			continue
		}
		fmt.Fprint(out, piece)
	}
	fmt.Fprintln(out)
	if c.conversation != nil && c.conversation.Forgotten() > 0 && !c.told {
		c.told = true
		fmt.Fprintf(cmd.ErrOrStderr(), "llm: the context of %d tokens is full: from here on the oldest exchanges are forgotten\n", c.context)
	}
	return nil
}

// say gives an instruction to the assistant.
func (c *chat) say(ctx context.Context, instruction, input string) iter.Seq2[string, error] {
	if c.conversation == nil {
		return c.assistant.Respond(ctx, instruction, input, c.options)
	}
	return c.conversation.Say(ctx, instruction, input, c.options)
}
