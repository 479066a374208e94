package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
	"github.com/llm-from-scratch/llm/cmd/llm/internal/meter"
)

// assistant is where llm instruct train leaves its model.
const assistant = "runs/assistant"

func instructCommand() *cobra.Command {
	return group(&cobra.Command{
		Use:   "instruct",
		Short: "Fine-tune a model to follow instructions",
		Long: `Instruct makes a pretrained model an assistant: train, then eval on instructions that
were held out, then llm chat.`,
		Example: `  llm instruct train
  llm instruct eval`,
	}, instructTrainCommand(), instructEvalCommand(), instructJudgeCommand())
}

// readEntries reads instructions from path, or makes practice ones where path is
// empty. The sum is that of the file.
func readEntries(cmd *cobra.Command, path string, seed uint64) (entries []instruct.Entry, sum string, err error) {
	if path == "" {
		return instruct.Practice(seed), "", nil
	}
	return readFile(cmd, path, "instructions", "instructions", instruct.ReadEntries)
}

// answering are the options of llm instruct eval.
type answering struct {
	model, data, path              string
	asJSON, verbose, resume, force bool
	limit, most                    int
}

func instructEvalCommand() *cobra.Command {
	var o answering
	cmd := &cobra.Command{
		Use:   "eval",
		Short: "Score the answers of an assistant",
		Long: `Eval lets an assistant answer the instructions that its training held out. An answer
that is exact is right or wrong; for the others the loss says how far the model
is from the answer that was wanted. With -data it answers all of another file.

With -answers it keeps the answers in a file of JSON, a list of objects with
instruction, input, output and model_response, for you to read or for llm instruct
judge. What has been answered is there after Ctrl-C too, and -resume goes on.`,
		Example: `  llm instruct eval
  llm instruct eval -v                     every answer
  llm instruct eval -json                  all of it, for another program
  llm instruct eval -data questions.json
  llm instruct eval -model runs/instruct-gpt2-medium -answers answers.json
  llm instruct eval -limit 5 -n 50         the first five, in brief`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd) },
	}
	modelFlag(cmd, &o.model, assistant, "the assistant")
	flags := cmd.Flags()
	flags.StringVar(&o.data, "data", "", "`file` of instructions in Alpaca's JSON, or its name among the downloads (default what training held out)")
	strictFlag(cmd)
	flags.BoolVarP(&o.verbose, "v", "v", false, "show every answer")
	flags.IntVarP(&o.most, "n", "n", 256, "tokens to answer with, at most")
	flags.IntVar(&o.limit, "limit", 0, "answer only so many instructions from the first on; 0 for all")
	flags.StringVar(&o.path, "answers", "", "`file` to write the answers to")
	flags.BoolVar(&o.resume, "resume", false, "go on with the answers in that file")
	flags.BoolVar(&o.force, "force", false, "replace that file")
	jsonFlag(cmd, &o.asJSON)
	return cmd
}

func (o *answering) run(cmd *cobra.Command) error {
	if err := errors.Join(atLeast(0, "limit", o.limit), atLeast(1, "n", o.most)); err != nil {
		return err
	}
	if (o.resume || o.force) && o.path == "" {
		return usagef("-resume and -force are about the file that -answers names")
	}
	m, bpe, err := loadModel(cmd, o.model, "instruct train")
	if err != nil {
		return err
	}
	entries, what, err := heldOutEntries(cmd, o.model, o.data)
	if err != nil {
		return err
	}
	fit := fitting(bpe, entries, m.Config.Context)
	if len(fit) == 0 {
		return fmt.Errorf("none of the %d %s fits in the model's context of %d tokens", len(entries), what, m.Config.Context)
	}
	e := evaluation{what: what, LeftOut: len(entries) - len(fit), Kinds: map[string]instruct.Tally{}}
	if o.limit > 0 {
		fit = fit[:min(o.limit, len(fit))]
	}
	kept, err := newAnswers(o.path, o.resume, o.force)
	defer kept.close()
	if err == nil {
		err = kept.matches(fit)
	}
	if err == nil {
		err = e.run(cmd, instruct.New(m, bpe), fit, kept, o.most)
	}
	switch {
	case err != nil:
		return err
	case o.asJSON:
		return printJSON(cmd.OutOrStdout(), e, "  ")
	}
	return e.print(cmd.OutOrStdout(), o.verbose)
}

// heldOutEntries are those that the training of the assistant in dir held out,
// or all of another file.
func heldOutEntries(cmd *cobra.Command, dir, data string) (entries []instruct.Entry, what string, err error) {
	var o instructOptions
	untrained := readOptions(dir, &o)
	if untrained != nil && data == "" {
		return nil, "", untrained
	}
	all, sum, err := readEntries(cmd, cmp.Or(data, o.Data), o.Seed)
	switch {
	case err != nil:
		return nil, "", err
	case untrained == nil && sum == o.SHA256:
		_, _, test := instruct.Split(all)
		return test, "instructions held out from training", nil
	case data == "":
		return nil, "", fmt.Errorf("the instructions in %s have changed since the assistant in %s was trained; name a file by -data", o.Data, dir)
	}
	return all, "instructions in " + data, nil
}

// fitting are the entries that the model can read with their answers.
func fitting(bpe *tokens.BPE, entries []instruct.Entry, context int) []instruct.Entry {
	return slices.DeleteFunc(slices.Clone(entries), func(e instruct.Entry) bool {
		return len(instruct.Encode(bpe, e).IDs) > context
	})
}

// evaluation is how an assistant answered.
type evaluation struct {
	instruct.Tally
	LeftOut int                       `json:"left_out"` // longer than the context
	Kinds   map[string]instruct.Tally `json:"kinds,omitempty"`
	Scores  []instruct.Score          `json:"scores"`
	what    string
}

// run answers the entries whose answers are not kept yet, and counts all.
func (e *evaluation) run(cmd *cobra.Command, a *instruct.Assistant, entries []instruct.Entry, kept *answers, most int) error {
	for _, x := range kept.list {
		s, _ := x.scored()
		e.add(s)
	}
	err := e.answer(cmd, a, entries, kept, most)
	if write := kept.write(); write != nil {
		return errors.Join(err, write)
	}
	if errors.Is(err, context.Canceled) && kept.path != "" {
		fmt.Fprintf(cmd.ErrOrStderr(), "stopped; %d of %d answers are in %s, and the same command with -resume goes on\n", len(kept.list), len(entries), kept.path)
		return errInterrupted
	}
	return err
}

func (e *evaluation) answer(cmd *cobra.Command, a *instruct.Assistant, entries []instruct.Entry, kept *answers, most int) error {
	done := len(kept.list)
	m := meter.New(cmd.ErrOrStderr(), int64(done), int64(len(entries)), meter.Of("answers"))
	defer m.Clear()
	for s, err := range a.Scores(cmd.Context(), entries[done:], instruct.Options{MaxTokens: most}) {
		if err != nil {
			return err
		}
		e.add(s)
		m.Add(1)
		kept.list = append(kept.list, answerOf(s))
		if err := kept.writeSoon(); err != nil {
			return err
		}
	}
	return nil
}

// add counts a score.
func (e *evaluation) add(s instruct.Score) {
	e.Add(s)
	if s.Kind != "" {
		t := e.Kinds[s.Kind]
		t.Add(s)
		e.Kinds[s.Kind] = t
	}
	e.Scores = append(e.Scores, s)
}

func (e *evaluation) print(out io.Writer, verbose bool) error {
	for i, s := range e.Scores {
		if !verbose && i == 5 {
			fmt.Fprintf(out, "… and %d more, which -v shows\n", len(e.Scores)-i)
			break
		}
		mark := ""
		if s.Kind != "" {
			mark = map[bool]string{true: "right: ", false: "wrong: "}[s.Right]
		}
		fmt.Fprintf(out, "%s %s\n    %s%s (wanted: %s)\n", s.Instruction, s.Input, mark, strings.TrimSpace(s.Response), s.Output)
	}
	fmt.Fprintln(out)
	t := table(out)
	for _, kind := range slices.Sorted(maps.Keys(e.Kinds)) {
		fmt.Fprintf(t, "%s\t%d of %d right\n", kind, e.Kinds[kind].Right, e.Kinds[kind].Exact)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if e.Exact > 0 {
		fmt.Fprintf(out, "%.1f%% of %d exact answers right; ", 100*float64(e.Right)/float64(e.Exact), e.Exact)
	}
	fmt.Fprintf(out, "mean loss of the answers %.4f\n%d %s", e.Loss, e.Entries, e.what)
	if e.LeftOut > 0 {
		fmt.Fprintf(out, "; %d more are too long for the model", e.LeftOut)
	}
	fmt.Fprintln(out)
	return nil
}
