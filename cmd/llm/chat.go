package main

import (
	"cmp"
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

// A chat answers one line after another.
type chat struct {
	sampling
	model         string
	int8, history bool

	say     func(ctx context.Context, instruction, input string, options instruct.Options) iter.Seq2[string, error]
	memory  *instruct.Conversation // nothing was said in it without a history
	context int
	told    bool // that exchanges are forgotten
}

func chatCommand() *cobra.Command {
	var c chat
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
		Example: `  llm chat
  echo "What is the opposite of hot?" | llm chat
  echo "Which word is last? | red sun" | llm chat
  llm chat -temperature 0.8 -seed 3
  llm chat -history=false           each line by itself
  llm chat -int8 -model runs/mine   with weights of one byte`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.open(cmd); err != nil {
				return err
			}
			return c.run(cmd)
		},
	}
	c.add(cmd, 0)
	modelFlag(cmd, &c.model, assistant, "the assistant")
	cmd.Flags().IntVarP(&c.MaxTokens, "n", "n", 0, "tokens to answer with, at most (default a quarter of the context)")
	cmd.Flags().BoolVar(&c.history, "history", true, "remember what was said, as far as the context holds it")
	int8Flag(cmd, &c.int8)
	return cmd
}

// open checks the options and reads the model.
func (c *chat) open(cmd *cobra.Command) error {
	err := c.check()
	if cmd.Flags().Changed("n") {
		err = errors.Join(err, atLeast(1, "n", c.MaxTokens))
	}
	if err != nil {
		return err
	}
	m, bpe, err := loadModel(cmd, c.model, "instruct train")
	if err != nil {
		return err
	}
	a := instruct.New(m, bpe)
	if c.int8 {
		a = instruct.New(quantize.Int8(m), bpe)
	}
	c.context = m.Config.Context
	c.MaxTokens = cmp.Or(c.MaxTokens, max(1, c.context/4))
	c.memory = a.NewConversation()
	c.say = a.Respond
	if c.history {
		c.say = c.memory.Say
	}
	return nil
}

func (c *chat) run(cmd *cobra.Command) error {
	out := cmd.OutOrStdout()
	prompt, end := "", ""
	if meter.IsTerminal(cmd.InOrStdin()) {
		prompt, end = "> ", "\n" // without the end, the shell's prompt stands behind ours
	}
	fmt.Fprint(out, prompt)
	for line, err := range lines(cmd.Context(), cmd.InOrStdin()) {
		line = strings.TrimSpace(line)
		switch {
		case err != nil:
			fmt.Fprint(out, end)
			return err
		case line == "":
			return nil
		case line[0] == '/':
			c.order(cmd, line)
		default:
			if err := c.answer(cmd, line); err != nil {
				return err
			}
		}
		fmt.Fprint(out, prompt)
	}
	fmt.Fprint(out, end)
	return nil
}

// chatHelp is what /help prints.
const chatHelp = `INSTRUCTION, or INSTRUCTION | MATERIAL, is answered
/reset   forgets what was said
/help    shows this
An empty line, or Ctrl-D, ends the chat.
`

// order obeys a line that is not for the assistant.
func (c *chat) order(cmd *cobra.Command, line string) {
	switch line {
	case "/reset":
		c.memory.Reset()
		c.told = false
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
	for piece, err := range c.say(cmd.Context(), instruction, input, c.Options) {
		if errors.Is(err, context.Canceled) {
			fmt.Fprintln(out)
			return err
		}
		if err != nil {
			fmt.Fprintf(cmd.ErrOrStderr(), "llm: %v\n", err)
		}
		fmt.Fprint(out, piece)
	}
	fmt.Fprintln(out)
	if c.memory.Forgotten() > 0 && !c.told {
		c.told = true
		fmt.Fprintf(cmd.ErrOrStderr(), "llm: the context of %d tokens is full: from here on the oldest exchanges are forgotten\n", c.context)
	}
	return nil
}
