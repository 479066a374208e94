package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/llm-from-scratch/llm/cmd/llm/internal/training"
)

// The exit statuses.
const (
	statusOK          = 0
	statusFailed      = 1
	statusUsage       = 2
	statusInterrupted = 130 // as shells count an end by Ctrl-C
	statusUnread      = 141 // as they count the end of a program whose output nobody reads on
)

// errInterrupted ends a command that Ctrl-C stopped and that has said so.
var errInterrupted = training.ErrInterrupted

// run runs one command line and returns its exit status. Whatever goes wrong
// becomes one line on stderr, output that could not be written included.
func run(ctx context.Context, args []string, in io.Reader, stdout, stderr io.Writer) int {
	out, notes := newOutput(stdout), newOutput(stderr)
	defer notes.Close()
	root := newRoot()
	root.SetArgs(twoDashes(root, args))
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(notes)
	understood := false // what is wrong before any command runs is the command line
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		understood = true
		return downloads(cmd)
	}
	cmd, err := root.ExecuteContextC(whileWritten{ctx, out})
	_, usage := errors.AsType[usageError](err)
	usage = usage || err != nil && !understood
	interrupted := errors.Is(err, errInterrupted) || errors.Is(err, context.Canceled)
	if lost := out.Close(); lost != nil {
		switch alone := err == nil || interrupted || errors.Is(err, training.ErrStopped) || errors.Is(err, lost); {
		case alone && errors.Is(lost, syscall.EPIPE) && !errors.Is(err, errInterrupted):
			return statusUnread
		case alone:
			err = fmt.Errorf("writing the output: %w", lost)
		default:
			err = fmt.Errorf("%w; writing the output: %w", err, lost)
		}
		interrupted = false
	}
	switch {
	case err == nil, errors.Is(err, training.ErrStopped):
		return statusOK
	case interrupted:
		return statusInterrupted
	}
	line := strings.Join(strings.Fields(err.Error()), " ")
	if usage {
		fmt.Fprintf(notes, "llm: %s (%s -h shows how it is used)\n", line, cmd.CommandPath())
		return statusUsage
	}
	fmt.Fprintf(notes, "llm: %s\n", line)
	return statusFailed
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "llm",
		Short: "Train, sample and fine-tune the models of the book",
		Long: `llm trains, samples and fine-tunes the models of the book, offline, on a CPU.

Start with a GPT that learns to write like Isaac Newton, then make it sort
messages and follow instructions. Each step takes a few minutes.

A flag may have one dash or two: -steps 100 is --steps 100.`,
		Example: `  llm tokens encode "Every effort moves you"     text as a GPT reads it
  llm pretrain                                   train a model in ./runs/newton
  llm generate "The Rays of Light"               let it write
  llm classify train                             make it a spam filter in ./runs/spam
  llm classify run "You have won £900 cash! Txt WIN to 80888 now"
  llm instruct train                             make it an assistant in ./runs/assistant
  llm chat                                       ask it
  llm export -out ~/newton                       a model for other programs
  llm exercises                                  where you stand with the book's exercises`,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.AddCommand(tokensCommand(), pretrainCommand(), generateCommand(), classifyCommand(),
		instructCommand(), chatCommand(), exportCommand(), dataCommand(), exercisesCommand())
	root.SetFlagErrorFunc(flagError)
	return root
}

// group returns a command that only holds others, and alone shows which.
func group(c *cobra.Command, commands ...*cobra.Command) *cobra.Command {
	c.AddCommand(commands...)
	c.Args = cobra.NoArgs
	c.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	return c
}

// program is how the user called this program, for commands to copy.
func program() string {
	if strings.Contains(os.Args[0], "go-build") { // where go run puts it
		return "go run ./cmd/llm"
	}
	return "llm"
}

// words are the words that call a command, without the program's name.
func words(cmd *cobra.Command) string {
	return strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")
}
