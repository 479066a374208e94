package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/llm-from-scratch/llm/internal/training"
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
	line := strings.Join(strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' || r == '\r' }), " ") // names may hold spaces
	if usage {
		fmt.Fprintf(notes, "llm: %s (%s -h shows how it is used)\n", line, cmd.CommandPath())
		return statusUsage
	}
	fmt.Fprintf(notes, "llm: %s\n", line)
	return statusFailed
}

func newRoot() *cobra.Command {
	root := command("", "llm", nil, nil)
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(pretrainCommand(), generateCommand(), chatCommand(), exportCommand(), doctorCommand(), exercisesCommand(), searchCommand(),
		group("tokens", encodeCommand(), decodeCommand()),
		group("classify", classifyTrainCommand(), classifyEvalCommand(), classifyRunCommand()),
		group("instruct", instructTrainCommand(), instructEvalCommand(), instructJudgeCommand()),
		group("prompt", promptEvalCommand()),
		group("translate", translateTrainCommand(), translateEvalCommand(), translateRunCommand()),
		group("bert", bertTrainCommand(), bertFillCommand()),
		group("data", dataListCommand(), dataGetCommand()))
	return root
}

// group returns a command that only holds others, and alone shows which.
func group(name string, commands ...*cobra.Command) *cobra.Command {
	c := command("", name, cobra.NoArgs, func(cmd *cobra.Command, _ []string) error { return cmd.Help() })
	c.AddCommand(commands...)
	return c
}

//go:embed help.txt
var help string

// command returns a command of a group, or of none, that is used so. Its texts are
// those that [help] has under these words.
func command(group, use string, args cobra.PositionalArgs, run func(cmd *cobra.Command, args []string) error) *cobra.Command {
	_, text, _ := strings.Cut(help, "\n== "+strings.TrimSpace(group+" "+use)+"\n")
	text, _, _ = strings.Cut(text, "\n\n== ")
	short, text, _ := strings.Cut(text, "\n\n")
	long, examples, _ := strings.Cut(text, "\n\n  ")
	return &cobra.Command{Use: use, Short: short, Long: long, Example: "  " + strings.TrimSpace(examples), Args: args, RunE: run}
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
