package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/llm-from-scratch/llm/branches/talk"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
	"github.com/llm-from-scratch/llm/internal/meter"
)

// A chat answers one line after another.
type chat struct {
	sampling
	history bool
	think   bool

	conversation *instruct.Conversation
	context      int
	told         bool // that exchanges are forgotten
}

func chatCommand() *cobra.Command {
	var c chat
	cmd := command("", "chat", cobra.NoArgs, c.run)
	c.add(cmd, assistant, "the assistant", 0, 0, " (default a quarter of the context)")
	cmd.Flags().BoolVar(&c.history, "history", true, "remember what was said, as far as the context holds it")
	cmd.Flags().BoolVar(&c.think, "think", false, "let a model that can think before it answers do so")
	return cmd
}

func (c *chat) run(cmd *cobra.Command, _ []string) error {
	m, t, err := c.open(cmd, "instruct train")
	if err == nil {
		err = talk.Ready(t, c.think, time.Now())
	}
	if err != nil {
		return err
	}
	c.context = m.Sizes().Context
	c.MaxTokens = cmp.Or(c.MaxTokens, max(1, c.context/4))
	c.conversation = instruct.New(m, t).NewConversation()
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
		c.conversation.Reset()
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
	if !c.history {
		c.conversation.Reset()
	}
	for piece, err := range c.conversation.Say(cmd.Context(), instruction, input, c.Options) {
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
	if c.conversation.Forgotten() > 0 && !c.told {
		c.told = true
		fmt.Fprintf(cmd.ErrOrStderr(), "llm: the context of %d tokens is full: from here on the oldest exchanges are forgotten\n", c.context)
	}
	return nil
}
