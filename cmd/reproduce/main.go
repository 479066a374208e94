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
	"encoding/json"
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

const usage = `Reproduce computes again what Sebastian Raschka's "Build a Large Language Model
(From Scratch)" and its notebooks print, with this book's code and PyTorch's random
numbers, and compares digit by digit. Without a name it lists the experiments. The
name of a chapter stands for all of the chapter's, and all for all of them; training
runs are left out of both unless asked for.

The exit status is 1 if a value differs and nothing explains it.

Usage: reproduce [options] [NAME...]

Examples:
  go run ./cmd/reproduce
  go run ./cmd/reproduce ch03-heads
  go run ./cmd/reproduce ch02 ch03
  go run ./cmd/reproduce -long all

Options:
  -json   print JSON, for another program
  -long   with all or a chapter: training runs, too
`

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
		fmt.Fprint(out, usage)
		return 0
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
	asJSON, long := flags.Bool("json", false, ""), flags.Bool("long", false, "")
	var names []string
	for args = append([]string{""}, args...); len(args) > 0; args = flags.Args() { // options may stand behind names
		if args[0] != "" {
			names = append(names, args[0])
		}
		if err := flags.Parse(args[1:]); errors.Is(err, flag.ErrHelp) {
			return err
		} else if err != nil {
			return fmt.Errorf("%w (%w)", err, errUsage)
		}
	}
	if len(names) == 0 {
		return list(out, *asJSON)
	}
	chosen, err := choose(names, *long)
	if err != nil {
		return err
	}
	return compare(ctx, chosen, out, stderr, *asJSON)
}

// available are the experiments that are listed: all but those for which somebody
// else's weights are needed that are not there.
func available() []Experiment {
	return slices.DeleteFunc(slices.Clone(Experiments), func(e Experiment) bool { return e.NeedsWeights() && len(wanting(e)) > 0 })
}

// wanting are the data that experiments need and that are not there.
func wanting(experiments ...Experiment) (names []string) {
	for _, e := range experiments {
		for _, name := range e.Needs {
			if _, ok := fetch.Find(name); !ok {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// listed is a line of the list.
type listed struct {
	Name    string   `json:"name"`
	About   string   `json:"about"`
	Long    bool     `json:"long"`
	Needs   []string `json:"needs"`
	Missing []string `json:"missing"`
}

func list(out io.Writer, asJSON bool) error {
	all, lines := available(), []listed{}
	for _, e := range all {
		lines = append(lines, listed{e.Name, e.About, e.Long, append([]string{}, e.Needs...), append([]string{}, wanting(e)...)})
	}
	if asJSON {
		return writeJSON(out, lines)
	}
	t := table(out)
	fmt.Fprintln(t, "NAME\tTIME\tDATA\tWHAT")
	for _, e := range lines {
		takes, data := "seconds", "there"
		if e.Long {
			takes = "long"
		}
		switch {
		case len(e.Needs) == 0:
			data = "none"
		case len(e.Missing) > 0:
			data = "needs " + strings.Join(e.Missing, ", ")
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", e.Name, takes, data, e.About)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if names := wanting(all...); len(names) > 0 {
		fmt.Fprintf(out, "go run ./cmd/llm data get %s gets the data that is not there.\n", strings.Join(names, " "))
	}
	if hidden := len(Experiments) - len(all); hidden > 0 {
		fmt.Fprintf(out, "With published weights there are %d more; go run ./cmd/llm data list shows how to get GPT-2.\n", hidden)
	}
	return nil
}

// choose finds what names stand for, in the book's order: the experiment of a name,
// or those of a chapter, or all.
func choose(names []string, long bool) (chosen []Experiment, err error) {
	all, wanted := available(), map[string]bool{}
	for _, name := range names {
		found, short := false, false
		for _, e := range Experiments {
			ofChapter := (name == "all" || strings.HasPrefix(e.Name, name+"-")) && !exists(name) &&
				slices.ContainsFunc(all, func(a Experiment) bool { return a.Name == e.Name })
			found = found || e.Name == name || ofChapter
			if e.Name == name || ofChapter && (!e.Long || long) {
				wanted[e.Name], short = true, true
			}
		}
		switch {
		case !found:
			return nil, fmt.Errorf("there is no experiment %q; go run ./cmd/reproduce lists them (%w)", name, errUsage)
		case !short:
			return nil, fmt.Errorf("%s has only training runs; -long runs them (%w)", name, errUsage)
		}
	}
	return slices.DeleteFunc(slices.Clone(Experiments), func(e Experiment) bool { return !wanted[e.Name] }), nil
}

// exists reports whether a name is one experiment's: then it is that one's alone.
func exists(name string) bool {
	return slices.ContainsFunc(Experiments, func(e Experiment) bool { return e.Name == name })
}

// compared is a row as -json prints it.
type compared struct {
	Experiment string  `json:"experiment"`
	Where      string  `json:"where"`
	Published  string  `json:"published"`
	Ours       string  `json:"ours"`
	Equal      bool    `json:"equal"`
	Off        float64 `json:"off,omitempty"`
	Why        string  `json:"why,omitempty"`
}

// compare runs experiments. Progress goes to stderr.
func compare(ctx context.Context, experiments []Experiment, out, stderr io.Writer, asJSON bool) error {
	if names := wanting(experiments...); len(names) > 0 {
		return missing(names...)
	}
	bpe, err := vocabulary("r50k_base")
	if err != nil {
		return err
	}
	show, rows := out, []compared{}
	if asJSON {
		show = stderr
	}
	lab := &Lab{Find: fetch.Find, GPT2: bpe, Log: func(format string, args ...any) { fmt.Fprintf(show, format+"\n", args...) }}
	all := Result{}
	var results []Result
	for i, e := range experiments {
		if err := ctx.Err(); err != nil {
			return err
		}
		fmt.Fprintf(stderr, "%d of %d: %s, %s\n", i+1, len(experiments), e.Name, e.About)
		begin := time.Now()
		r := Result{Name: e.Name}
		if r.Rows, err = e.rows(ctx, lab); err != nil {
			return err
		}
		fmt.Fprintf(stderr, "  %d values in %v\n", len(r.Rows), time.Since(begin).Round(100*time.Millisecond))
		results, all.Rows = append(results, r), append(all.Rows, r.Rows...)
		for _, row := range r.Rows {
			if row.Off-row.Off != 0 {
				row.Off = 0 // JSON has no name for it
			}
			rows = append(rows, compared{e.Name, row.Where, row.Published, row.Ours, row.Equal(), row.Off, row.Why})
		}
		if !asJSON {
			if err := r.write(out); err != nil {
				return err
			}
		}
	}
	if asJSON {
		err = writeJSON(out, rows)
	} else {
		_, err = fmt.Fprint(out, Summary(results))
	}
	if _, _, different := all.Count(); err == nil && different > 0 {
		err = fmt.Errorf("%d of %d values differ, and nothing explains it", different, len(rows))
	}
	return err
}

// writeJSON writes v as JSON that people can read too.
func writeJSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
