// Command reproduce computes again what Sebastian Raschka's "Build a Large Language
// Model (From Scratch)" (Manning 2024) and its notebooks print, and compares digit by
// digit:
//
//	go run ./cmd/reproduce all
//
// An [Experiment] runs the code of our chapters, fed with PyTorch's random numbers
// where the book's are random, and gives [Row] after Row: what is printed there,
// which is in tables/, and what comes out here.
package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/llm-from-scratch/llm/internal/fetch"
)

//go:embed usage.txt
var usage string

// errUsage marks a mistake in the command line rather than in the world.
var errUsage = errors.New("-h shows how it is used")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run runs one command line and returns its exit status.
func run(ctx context.Context, args []string, out, stderr io.Writer) int {
	err := reproduce(ctx, args, out, stderr)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, flag.ErrHelp):
		if _, err = fmt.Fprint(out, usage); err == nil {
			return 0
		}
	case errors.Is(err, context.Canceled):
		return 130
	}
	fmt.Fprintf(stderr, "reproduce: %v\n", err)
	if errors.Is(err, errUsage) {
		return 2
	}
	return 1
}

func reproduce(ctx context.Context, args []string, out, stderr io.Writer) error {
	flags := flag.NewFlagSet("reproduce", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	long := flags.Bool("long", false, "")
	var names []string
	for { // options may stand behind names
		if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
			return err
		} else if err != nil {
			return fmt.Errorf("%w (%w)", err, errUsage)
		}
		if flags.NArg() == 0 {
			break
		}
		names, args = append(names, flags.Arg(0)), flags.Args()[1:]
	}
	if len(names) == 0 {
		return list(out)
	}
	chosen, err := choose(names, *long)
	if err != nil {
		return err
	}
	if names := missing(chosen...); len(names) > 0 {
		return notThere(names...)
	}
	return compare(ctx, chosen, out, stderr)
}

func list(out io.Writer) error {
	all, t := listed(), table(out)
	fmt.Fprintln(t, "NAME\tTIME\tDATA\tWHAT")
	for _, e := range all {
		takes, data, absent := "seconds", "there", missing(e)
		if e.Long {
			takes = "long"
		}
		switch {
		case e.Needs == nil:
			data = "none"
		case len(absent) > 0:
			data = "needs " + strings.Join(absent, ", ")
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", e.Name, takes, data, e.About)
	}
	if names := missing(all...); len(names) > 0 {
		fmt.Fprintf(t, "go run ./cmd/llm data get %s gets the data that is not there.\n", strings.Join(names, " "))
	}
	if hidden := len(Experiments) - len(all); hidden > 0 {
		fmt.Fprintf(t, "With published weights there are %d more; go run ./cmd/llm data list shows how to get GPT-2.\n", hidden)
	}
	return t.Flush()
}

// choose finds what names stand for, in the book's order: the experiment of a name,
// or those of a chapter, or all.
func choose(names []string, long bool) ([]Experiment, error) {
	wanted := map[string]bool{}
	for _, name := range names {
		found := slices.DeleteFunc(slices.Clone(Experiments), func(e Experiment) bool { return e.Name != name })
		if len(found) == 0 {
			found = slices.DeleteFunc(listed(), func(e Experiment) bool { return name != "all" && !strings.HasPrefix(e.Name, name+"-") })
			if len(found) == 0 {
				return nil, fmt.Errorf("there is no experiment %q; go run ./cmd/reproduce lists them (%w)", name, errUsage)
			}
			found = slices.DeleteFunc(found, func(e Experiment) bool { return e.Long && !long })
			if len(found) == 0 {
				return nil, fmt.Errorf("%s has only training runs; -long runs them (%w)", name, errUsage)
			}
		}
		for _, e := range found {
			wanted[e.Name] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(Experiments), func(e Experiment) bool { return !wanted[e.Name] }), nil
}

// compare runs experiments and prints what they gave. Progress goes to stderr.
func compare(ctx context.Context, experiments []Experiment, out, stderr io.Writer) error {
	bpe, err := vocabulary("r50k_base")
	if err != nil {
		return err
	}
	lab := &Lab{Find: fetch.Find, GPT2: bpe, Log: func(format string, args ...any) { fmt.Fprintf(out, format+"\n", args...) }}
	var all []Row
	for i, e := range experiments {
		if err := ctx.Err(); err != nil {
			return err
		}
		fmt.Fprintf(stderr, "%d of %d: %s, %s\n", i+1, len(experiments), e.Name, e.About)
		begin := time.Now()
		rows, err := e.rows(ctx, lab)
		if err != nil {
			return err
		}
		fmt.Fprintf(stderr, "  %d values in %v\n", len(rows), time.Since(begin).Round(100*time.Millisecond))
		all = append(all, rows...)
		if err := write(out, e.Name, rows); err != nil {
			return err
		}
	}
	_, err = fmt.Fprint(out, Summary(all))
	if _, _, different := Count(all); err == nil && different > 0 {
		err = fmt.Errorf("%d of %d values differ, and nothing explains it", different, len(all))
	}
	return err
}
