package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
	"github.com/llm-from-scratch/llm/internal/meter"
)

// assistant is where llm instruct train leaves its model.
const assistant = "runs/assistant"

// readEntries reads instructions from path, or makes practice ones where path is
// empty. The sum is that of the file.
func readEntries(cmd *cobra.Command, path string, seed uint64) (entries []instruct.Entry, sum string, err error) {
	if path == "" {
		return instruct.Practice(rand.New(rand.NewPCG(seed, 7))), "", nil
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
	cmd := command("instruct", "eval", cobra.NoArgs, o.run)
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

func (o *answering) run(cmd *cobra.Command, _ []string) error {
	if err := errors.Join(atLeast(0, "limit", o.limit), atLeast(1, "n", o.most)); err != nil {
		return err
	}
	if (o.resume || o.force) && o.path == "" {
		return usagef("-resume and -force are about the file that -answers names")
	}
	m, t, err := loadModel(cmd, o.model, "instruct train")
	if err != nil {
		return err
	}
	entries, what, err := heldOutEntries(cmd, o.model, o.data)
	if err != nil {
		return err
	}
	fit := fitting(t, entries, m.Sizes().Context)
	if len(fit) == 0 {
		return fmt.Errorf("none of the %d %s fits in the model's context of %d tokens", len(entries), what, m.Sizes().Context)
	}
	leftOut := len(entries) - len(fit)
	if o.limit > 0 {
		fit = fit[:min(o.limit, len(fit))]
	}
	kept, err := newAnswers(o.path, o.resume, o.force)
	defer kept.close()
	if err == nil {
		err = kept.matches(fit)
	}
	if err == nil {
		err = o.answer(cmd, instruct.New(m, t), fit, kept)
	}
	if err != nil {
		return err
	}
	e := kept.evaluation()
	e.LeftOut, e.what = leftOut, what
	if o.asJSON {
		return printJSON(cmd.OutOrStdout(), e, "  ")
	}
	return e.print(cmd.OutOrStdout(), o.verbose)
}

// answer answers the entries whose answers are not kept yet, and keeps them,
// whatever ends it.
func (o *answering) answer(cmd *cobra.Command, a *instruct.Assistant, entries []instruct.Entry, kept *answers) (err error) {
	done := len(kept.list)
	m := meter.New(cmd.ErrOrStderr(), int64(done), int64(len(entries)), meter.Of("answers"))
	var s instruct.Score
	for s, err = range a.Scores(cmd.Context(), entries[done:], instruct.Options{MaxTokens: o.most}) {
		if err == nil {
			err = kept.add(answerOf(s))
		}
		if err != nil {
			break
		}
		m.Add(1)
	}
	m.Clear()
	if len(kept.list) > 0 { // else what is replaced stays
		if write := kept.write(); write != nil {
			return errors.Join(err, write)
		}
	}
	if errors.Is(err, context.Canceled) && kept.path != "" {
		fmt.Fprintf(cmd.ErrOrStderr(), "stopped; %d of %d answers are in %s, and the same command with -resume goes on\n", len(kept.list), len(entries), kept.path)
		return errInterrupted
	}
	return err
}

// heldOutEntries are those that the training of the assistant in dir held out,
// or all of another file.
func heldOutEntries(cmd *cobra.Command, dir, data string) (entries []instruct.Entry, what string, err error) {
	var o instructOptions
	own, err := o.judged(dir, data, &o, func() (sum string, err error) {
		entries, sum, err = readEntries(cmd, o.Data, o.Seed)
		return sum, err
	})
	if err != nil || !own {
		return entries, "instructions in " + data, err
	}
	_, _, entries = instruct.Split(entries)
	return entries, "instructions held out from training", nil
}

// fitting are the entries that the model can read with their answers.
func fitting(t pretrain.Tokenizer, entries []instruct.Entry, context int) []instruct.Entry {
	return slices.DeleteFunc(slices.Clone(entries), func(e instruct.Entry) bool {
		return len(instruct.Encode(t, e).IDs) > context
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

// evaluation counts the answers.
func (a *answers) evaluation() evaluation {
	e := evaluation{Kinds: map[string]instruct.Tally{}}
	for _, x := range a.list {
		s, _ := x.scored()
		e.Scores = append(e.Scores, s)
		e.Add(s)
		if s.Kind != "" {
			t := e.Kinds[s.Kind]
			t.Add(s)
			e.Kinds[s.Kind] = t
		}
	}
	return e
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
