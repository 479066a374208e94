package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/llm-from-scratch/llm/internal/meter"
)

// patience is how many answers in a row may stay without a score before the
// server is given up.
const patience = 3

// judging are the options of llm instruct judge.
type judging struct {
	judge
	path  string
	limit int
	force bool
}

func instructJudgeCommand() *cobra.Command {
	var o judging
	cmd := command("instruct", "judge", cobra.NoArgs, o.run)
	flags := cmd.Flags()
	flags.StringVar(&o.path, "answers", "", "`file` of answers, to which scores are added")
	flags.StringVar(&o.url, "url", "http://localhost:11434/v1", "`address` of the server's API")
	flags.StringVar(&o.model, "judge-model", "llama3", "the judge, by the server's `name` for it")
	flags.IntVar(&o.tokens, "tokens", 200, "tokens that the judge may take for a reply; models that think aloud need more")
	flags.DurationVar(&o.timeout, "timeout", 2*time.Minute, "how long to wait for a reply")
	flags.IntVar(&o.limit, "limit", 0, "judge only so many answers from the first on; 0 for all")
	flags.BoolVar(&o.force, "force", false, "judge anew what has a score")
	return cmd
}

func (o *judging) check(cmd *cobra.Command) error {
	u, err := url.Parse(o.url)
	switch {
	case err != nil || u.Host == "":
		return usagef("-url cannot be %q; it takes an address such as http://localhost:11434/v1", o.url)
	case o.path == "":
		return usagef("%s needs -answers and a file; %s instruct eval -answers FILE writes one", words(cmd), program())
	case o.timeout <= 0:
		return usagef("-timeout cannot be %v; it takes more than 0", o.timeout)
	}
	return errors.Join(atLeast(0, "limit", o.limit), atLeast(1, "tokens", 200))
}

// run scores the answers and keeps the scores, whatever ends it.
func (o *judging) run(cmd *cobra.Command, _ []string) error {
	if err := o.check(cmd); err != nil {
		return err
	}
	a, err := readAnswers(o.path)
	defer a.close()
	if err != nil {
		return err
	}
	list := a.list
	if o.limit > 0 {
		list = list[:min(o.limit, len(list))]
	}
	for i, x := range list {
		if x.Score != nil && x.Judge != o.model && !o.force {
			return fmt.Errorf("%s: answer %d was judged by %q; -force judges all anew", a.path, i+1, x.Judge)
		}
	}
	o.key = os.Getenv(keyVariable)
	err = o.scoreAll(cmd, a, list)
	scored, _ := meanScore(list)
	if err == nil || scored > 0 { // else the file is left as it was
		if write := a.write(); write != nil {
			return errors.Join(err, write)
		}
	}
	again := "the same command goes on"
	if o.force {
		again = "the same command judges all anew"
	}
	switch {
	case errors.Is(err, context.Canceled):
		fmt.Fprintf(cmd.ErrOrStderr(), "stopped; %d of %d answers in %s have a score, and %s\n", scored, len(list), a.path, again)
		return errInterrupted
	case err != nil:
		return fmt.Errorf("%w; %d of %d answers have a score, and %s", err, scored, len(list), again)
	}
	o.print(cmd.OutOrStdout(), list)
	return nil
}

// scoreAll scores those of list that have no score, or all. An old score stays until
// there is a new one.
func (o *judging) scoreAll(cmd *cobra.Command, a *answers, list []answer) error {
	var open []*answer
	for i := range list {
		if x := &list[i]; x.Score == nil || o.force {
			open = append(open, x)
		}
	}
	m := meter.New(cmd.ErrOrStderr(), int64(len(list)-len(open)), int64(len(list)), meter.Of("answers judged"))
	defer m.Clear()
	missed := 0
	for _, x := range open {
		score, err := o.score(cmd.Context(), *x)
		switch _, others := errors.AsType[unscored](err); {
		case err == nil:
			x.Score, x.Judge, x.Unscored = &score, o.model, ""
			missed = 0
		case others:
			x.Score, x.Judge, x.Unscored = nil, "", err.Error()
			if missed++; missed == patience {
				return fmt.Errorf("%d answers in a row got no score: %w", missed, err)
			}
		default:
			return err
		}
		m.Add(1)
		if err := a.writeSoon(); err != nil {
			return err
		}
	}
	return nil
}

func (o *judging) print(out io.Writer, list []answer) {
	for i, x := range list {
		if x.Score == nil {
			fmt.Fprintf(out, "answer %d has no score: %s\n", i+1, x.Unscored)
		}
	}
	if scored, mean := meanScore(list); scored > 0 {
		fmt.Fprintf(out, "mean score %.2f of %d answers, judged by %s\n", mean, scored, o.model)
	} else {
		fmt.Fprintln(out, "no answer has a score")
	}
}

// meanScore is the mean score of the answers that have one, and how many those are.
func meanScore(list []answer) (scored int, mean float64) {
	for _, x := range list {
		if x.Score != nil {
			scored++
			mean += (float64(*x.Score) - mean) / float64(scored)
		}
	}
	return scored, mean
}
