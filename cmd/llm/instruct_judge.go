package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/llm-from-scratch/llm/cmd/llm/internal/judge"
	"github.com/llm-from-scratch/llm/cmd/llm/internal/meter"
)

// patience is how many answers in a row may stay without a score before the
// server is given up.
const patience = 3

func instructJudgeCommand() *cobra.Command {
	j := judge.Judge{URL: "http://localhost:11434/v1", Model: "llama3", Tokens: 200, Timeout: 2 * time.Minute, Tries: 3, Pause: time.Second}
	var path string
	var limit int
	var force, asJSON bool
	cmd := &cobra.Command{
		Use:   "judge",
		Short: "Let a larger model score answers",
		Long: `Judge lets a larger language model score the answers that llm instruct eval wrote, from
0 to 100, and prints the mean. The model runs behind any server that speaks
OpenAI's protocol, such as Ollama, llama.cpp or vLLM on your machine; the
instructions and answers are sent there and nowhere else.

The scores are added to the file. Answers that have one already are not judged
again, so that after Ctrl-C the same command goes on. If the server wants a key,
put it into the environment variable ` + judge.KeyVariable + `.`,
		Example: `llm instruct eval -answers answers.json
llm instruct judge -answers answers.json                              Ollama, with llama3
llm instruct judge -answers answers.json -url http://localhost:8080/v1 -judge-model qwen3
llm instruct judge -answers answers.json -limit 10 -timeout 10m       a slow machine`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			u, err := url.Parse(j.URL)
			switch {
			case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
				return usagef("-url cannot be %q; it takes an address such as http://localhost:11434/v1", j.URL)
			case path == "":
				return usagef("%s needs -answers and a file; %s instruct eval -answers FILE writes one", words(cmd), program())
			case limit < 0:
				return usagef("-limit cannot be %d; it takes 0 or more", limit)
			case j.Tokens < 1:
				return usagef("-tokens cannot be %d; it takes 1 or more", j.Tokens)
			case j.Timeout <= 0:
				return usagef("-timeout cannot be %v; it takes more than 0", j.Timeout)
			}
			j.Key = os.Getenv(judge.KeyVariable)
			a, err := readAnswers(path)
			defer a.close()
			if err != nil {
				return err
			}
			return judgeAll(cmd, &j, a, limit, force, asJSON)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&path, "answers", "", "`file` of answers, to which scores are added")
	flags.StringVar(&j.URL, "url", j.URL, "`address` of the server's API")
	flags.StringVar(&j.Model, "judge-model", j.Model, "the judge, by the server's `name` for it")
	flags.IntVar(&j.Tokens, "tokens", j.Tokens, "tokens that the judge may take for a reply; models that think aloud need more")
	flags.DurationVar(&j.Timeout, "timeout", j.Timeout, "how long to wait for a reply")
	flags.DurationVar(&j.Pause, "retry-after", j.Pause, "how long to wait before asking again; twice as long each time")
	flags.IntVar(&limit, "limit", 0, "judge only so many answers from the first on; 0 for all")
	flags.BoolVar(&force, "force", false, "judge anew what has a score")
	jsonFlag(cmd, &asJSON)
	return cmd
}

// judgeReport is what llm instruct judge prints.
type judgeReport struct {
	Judge    string   `json:"judge"`
	Mean     *float64 `json:"mean_score"` // null if nothing has a score
	Scored   int      `json:"scored"`
	Unscored int      `json:"unscored"`
}

// judgeAll scores the answers and keeps the scores, whatever ends it.
func judgeAll(cmd *cobra.Command, j *judge.Judge, a *answers, limit int, force, asJSON bool) error {
	list := a.list
	if limit > 0 {
		list = list[:min(limit, len(list))]
	}
	var open []*answer
	for i := range list {
		switch x := &list[i]; {
		case x.Score == nil || force: // an old score stays until there is a new one
			open = append(open, x)
		case x.Judge != j.Model:
			return fmt.Errorf("%s: answer %d was judged by %q; -force judges all anew", a.path, i+1, x.Judge)
		}
	}
	err := judgeOpen(cmd, j, a, open, len(list))
	r := judgeReport{Judge: j.Model}
	mean := 0.0
	for _, x := range list {
		if x.Score == nil {
			r.Unscored++
			continue
		}
		r.Scored++
		mean += (float64(*x.Score) - mean) / float64(r.Scored)
		r.Mean = &mean
	}
	if err == nil || r.Scored > 0 { // else the file is left as it was
		if write := a.write(); write != nil {
			return errors.Join(err, write)
		}
	}
	again := "the same command goes on"
	if force {
		again = "the same command judges all anew"
	}
	switch {
	case errors.Is(err, context.Canceled):
		fmt.Fprintf(cmd.ErrOrStderr(), "stopped; %d of %d answers in %s have a score, and %s\n", r.Scored, len(list), a.path, again)
		return errInterrupted
	case err != nil:
		return fmt.Errorf("%w; %d of %d answers have a score, and %s", err, r.Scored, len(list), again)
	}
	return r.print(cmd, list, asJSON)
}

// judgeOpen scores the open ones of so many answers.
func judgeOpen(cmd *cobra.Command, j *judge.Judge, a *answers, open []*answer, total int) error {
	m := meter.New(cmd.ErrOrStderr(), int64(total-len(open)), int64(total), meter.Of("answers judged"))
	defer m.Clear()
	missed := 0
	for _, x := range open {
		score, err := j.Score(cmd.Context(), judge.Case{Question: x.entry().Question(), Wanted: x.Output, Response: x.Response})
		var unscored judge.Unscored
		switch {
		case err == nil:
			x.Score, x.Judge, x.Unscored = &score, j.Model, ""
			missed = 0
		case errors.As(err, &unscored):
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

func (r judgeReport) print(cmd *cobra.Command, list []answer, asJSON bool) error {
	out := cmd.OutOrStdout()
	if asJSON {
		return writeJSON(out, r)
	}
	for i, x := range list {
		if x.Score == nil {
			fmt.Fprintf(out, "answer %d has no score: %s\n", i+1, x.Unscored)
		}
	}
	if r.Scored == 0 {
		_, err := fmt.Fprintf(out, "no answer has a score\n")
		return err
	}
	_, err := fmt.Fprintf(out, "mean score %.2f of %d answers, judged by %s\n", *r.Mean, r.Scored, r.Judge)
	return err
}
