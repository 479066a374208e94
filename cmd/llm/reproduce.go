package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/llm-from-scratch/llm/cmd/llm/internal/meter"
	"github.com/llm-from-scratch/llm/internal/fetch"
	"github.com/llm-from-scratch/llm/internal/published"
)

func reproduceCommand() *cobra.Command {
	var asJSON, long bool
	cmd := &cobra.Command{
		Use:   "reproduce [NAME...]",
		Short: "Print a published book's numbers again",
		Long: `Reproduce computes again what Sebastian Raschka's "Build a Large Language Model
(From Scratch)" and its notebooks print, with this book's code and PyTorch's random
numbers, and compares digit by digit. Without a name it lists the experiments. The
name of a chapter stands for all of the chapter's, and all for all of them; training
runs are left out of both unless asked for.

The exit status is 1 if a value differs and nothing explains it.`,
		Example: `llm reproduce
llm reproduce ch03-heads
llm reproduce ch02 ch03
llm reproduce -long all`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, names []string) error {
			if len(names) == 0 {
				return listExperiments(cmd.OutOrStdout(), asJSON)
			}
			chosen, err := chooseExperiments(names, long)
			if err != nil {
				return err
			}
			return reproduce(cmd, chosen, asJSON)
		},
	}
	jsonFlag(cmd, &asJSON)
	cmd.Flags().BoolVar(&long, "long", false, "with all or a chapter: training runs, too")
	return cmd
}

// available are the experiments that are listed: all but those for which somebody
// else's weights are needed that are not there.
func available() (list []published.Experiment, hidden int) {
	for _, e := range published.Experiments {
		if e.NeedsWeights() && len(wanting(e)) > 0 {
			hidden++
			continue
		}
		list = append(list, e)
	}
	return list, hidden
}

// wanting are the data that an experiment needs and that are not there.
func wanting(e published.Experiment) []string {
	return slices.DeleteFunc(slices.Clone(e.Needs), func(name string) bool {
		_, ok := fetch.Find(name)
		return ok
	})
}

// listed is a line of llm reproduce.
type listed struct {
	Name    string   `json:"name"`
	About   string   `json:"about"`
	Long    bool     `json:"long"`
	Needs   []string `json:"needs"`
	Missing []string `json:"missing"`
}

func listExperiments(out io.Writer, asJSON bool) error {
	all, hidden := available()
	list := []listed{}
	for _, e := range all {
		list = append(list, listed{e.Name, e.About, e.Long, append([]string{}, e.Needs...), append([]string{}, wanting(e)...)})
	}
	if asJSON {
		return writeJSON(out, list)
	}
	t := table(out)
	fmt.Fprintln(t, "NAME\tTIME\tDATA\tWHAT")
	var missing []string
	for _, e := range list {
		takes, data := "seconds", "there"
		if e.Long {
			takes = "long"
		}
		switch {
		case len(e.Needs) == 0:
			data = "none"
		case len(e.Missing) > 0:
			data = "needs " + strings.Join(e.Missing, ", ")
			missing = append(missing, e.Missing...)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", e.Name, takes, data, e.About)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		fmt.Fprintf(out, "%s data get %s gets the data that is not there.\n", program(), strings.Join(slices.Compact(missing), " "))
	}
	if hidden > 0 {
		fmt.Fprintf(out, "With published weights there are %d more; %s data list shows how to get GPT-2.\n", hidden, program())
	}
	return nil
}

// chooseExperiments finds what names stand for, in the book's order.
func chooseExperiments(names []string, long bool) ([]published.Experiment, error) {
	chosen := map[string]bool{}
	for _, name := range names {
		found := named(name)
		if len(found) == 0 {
			return nil, usagef("there is no experiment %q; %s", name, nearExperiments(name))
		}
		before := len(chosen)
		for _, e := range found {
			if e.Name == name || !e.Long || long {
				chosen[e.Name] = true
			}
		}
		if len(chosen) == before && !slices.ContainsFunc(found, func(e published.Experiment) bool { return chosen[e.Name] }) {
			return nil, usagef("%s has only training runs; -long runs them", name)
		}
	}
	return slices.DeleteFunc(slices.Clone(published.Experiments), func(e published.Experiment) bool { return !chosen[e.Name] }), nil
}

// named are the experiments that a name stands for: the one of this name, or those
// of a chapter, or all.
func named(name string) (found []published.Experiment) {
	if e, ok := published.Find(name); ok {
		return []published.Experiment{e}
	}
	all, _ := available()
	for _, e := range all {
		if name == "all" || strings.HasPrefix(e.Name, name+"-") {
			found = append(found, e)
		}
	}
	return found
}

// nearExperiments says which experiments the user may have meant.
func nearExperiments(name string) string {
	all, _ := available()
	var near []string
	for _, e := range all {
		for part := range strings.SplitSeq(name, "-") {
			if len(part) > 2 && strings.Contains(e.Name, strings.ToLower(part)) {
				near = append(near, e.Name)
				break
			}
		}
	}
	if len(near) == 0 {
		return program() + " reproduce lists them"
	}
	return "there are " + strings.Join(near, ", ")
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

// reproduce runs experiments and compares. Progress goes to stderr.
func reproduce(cmd *cobra.Command, experiments []published.Experiment, asJSON bool) error {
	if err := checkData(experiments); err != nil {
		return err
	}
	bpe, err := vocabulary("")
	if err != nil {
		return err
	}
	out, stderr := cmd.OutOrStdout(), cmd.ErrOrStderr()
	w := watcher{out: out, stderr: stderr}
	if asJSON {
		w.out = stderr
	}
	lab := &published.Lab{Find: fetch.Find, GPT2: bpe, Log: w.log, Step: w.step}
	var results []published.Result
	rows := []compared{}
	for i, e := range experiments {
		if err := cmd.Context().Err(); err != nil {
			return err
		}
		fmt.Fprintf(stderr, "%d of %d: %s, %s\n", i+1, len(experiments), e.Name, e.About)
		begin := time.Now()
		r := published.Result{Name: e.Name}
		if r.Rows, err = e.Run(cmd.Context(), lab); err != nil {
			return fmt.Errorf("%s: %w", e.Name, err)
		}
		fmt.Fprintf(stderr, "  %d values in %v\n", len(r.Rows), time.Since(begin).Round(100*time.Millisecond))
		results = append(results, r)
		for _, row := range r.Rows {
			rows = append(rows, compared{e.Name, row.Where, row.Published, row.Ours, row.Equal(), finite(row.Off), row.Why})
		}
		if asJSON {
			continue
		}
		if err := writeRows(out, r); err != nil {
			return err
		}
	}
	if asJSON {
		err = writeJSON(out, rows)
	} else {
		_, err = fmt.Fprint(out, published.Summary(results))
	}
	if err != nil {
		return err
	}
	different := 0
	for _, r := range results {
		_, _, d := r.Count()
		different += d
	}
	if different > 0 {
		return fmt.Errorf("%d of %d values differ, and nothing explains it", different, len(rows))
	}
	return nil
}

// A watcher shows what experiments tell of their work.
type watcher struct {
	out, stderr io.Writer
	meter       *meter.Meter // of the training run under way
}

// step shows on stderr how far a training run has come.
func (w *watcher) step(done, total, tokens int, loss float64) {
	if done == 1 {
		w.meter = meter.New(w.stderr, 0, total)
	}
	w.meter.Step(loss, tokens)
	if done == total {
		w.meter.Clear()
	}
}

// log prints a line of an experiment's own.
func (w *watcher) log(format string, args ...any) {
	if w.meter != nil {
		w.meter.Clear()
	}
	fmt.Fprintf(w.out, format+"\n", args...)
	if w.meter != nil {
		w.meter.Line()
	}
}

// checkData makes sure that all data is there before anything runs.
func checkData(experiments []published.Experiment) error {
	var names, missing []string
	for _, e := range experiments {
		if data := wanting(e); len(data) > 0 {
			names, missing = append(names, e.Name), append(missing, data...)
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(missing)
	needing := names[0] + " needs"
	if len(names) > 1 {
		needing = fmt.Sprintf("%s and %d more need", names[0], len(names)-1)
	}
	return fmt.Errorf("%s data that has not been downloaded; %s data get %s gets it", needing, program(), strings.Join(slices.Compact(missing), " "))
}

// finite is x, or 0 where JSON has no name for it.
func finite(x float64) float64 {
	if x-x != 0 {
		return 0
	}
	return x
}

// writeRows prints the table of one experiment.
func writeRows(out io.Writer, r published.Result) error {
	t := table(out)
	fmt.Fprintf(t, "%s\tPUBLISHED\tOURS\t\n", strings.ToUpper(r.Name))
	for _, row := range r.Rows {
		said := "equal"
		switch {
		case row.Equal():
		case row.Off != 0:
			said = fmt.Sprintf("off by %.2g", row.Off)
		default:
			said = "different"
		}
		if row.Why != "" && !row.Equal() {
			said += ": " + row.Why
		}
		show := inLine
		if row.Equal() {
			show = func(s string) string { return shortened(inLine(s)) }
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", inLine(row.Where), show(row.Published), show(row.Ours), said)
	}
	fmt.Fprintln(t)
	return t.Flush()
}

// inLine writes ends of lines and tabs so that they do not break the table.
func inLine(s string) string {
	return strings.NewReplacer("\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(s)
}

// shortened keeps the beginning and the end of what is long and equal anyway.
func shortened(s string) string {
	const most = 48
	if r := []rune(s); len(r) > most {
		return string(r[:most/2]) + " … " + string(r[len(r)-most/2+3:])
	}
	return s
}
