package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
	"github.com/llm-from-scratch/llm/cmd/llm/internal/corpus"
	"github.com/llm-from-scratch/llm/cmd/llm/internal/rundir"
)

// assistant is where llm instruct train leaves its model.
const assistant = "runs/assistant"

func instructCommand() *cobra.Command {
	return group(&cobra.Command{
		Use:   "instruct",
		Short: "Fine-tune a model to follow instructions",
		Long: `Instruct makes a pretrained model an assistant: train, then eval on instructions that
were held out, then llm chat.`,
		Example: `llm instruct train
llm instruct eval`,
	}, instructTrainCommand(), instructEvalCommand())
}

// readEntries reads instructions from path, or makes practice ones where path is
// empty. The sum is that of the file.
func readEntries(path string, seed uint64) (entries []instruct.Entry, sum string, err error) {
	if path == "" {
		return instruct.Practice(seed), "", nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, "", fmt.Errorf("reading the instructions: %w; %s data get instructions gets some", err, program())
	}
	entries, err = instruct.ReadEntries(bytes.NewReader(data))
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", path, err)
	}
	return entries, corpus.Sum(data), nil
}

func instructEvalCommand() *cobra.Command {
	var dir, data string
	var asJSON, verbose bool
	cmd := &cobra.Command{
		Use:   "eval",
		Short: "Score the answers of an assistant",
		Long: `Eval lets an assistant answer the instructions that its training held out. An answer
that is exact is right or wrong; for the others the loss says how far the model
is from the answer that was wanted. With -data it answers all of another file.`,
		Example: `llm instruct eval
llm instruct eval -v                     every answer
llm instruct eval -json                  all of it, for another program
llm instruct eval -data questions.json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			m, bpe, err := loadModel(dir, "instruct train")
			if err != nil {
				return err
			}
			entries, what, err := heldOutEntries(dir, data)
			if err != nil {
				return err
			}
			fit := fitting(bpe, entries, m.Config.Context)
			if len(fit) == 0 {
				return fmt.Errorf("none of the %d %s fits in the model's context of %d tokens", len(entries), what, m.Config.Context)
			}
			e := evaluation{what: what, LeftOut: len(entries) - len(fit)}
			if err := e.run(cmd.Context(), instruct.New(m, bpe), fit); err != nil {
				return err
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), e)
			}
			return e.print(cmd.OutOrStdout(), verbose)
		},
	}
	cmd.Flags().StringVar(&dir, "model", assistant, "`directory` of the assistant")
	cmd.Flags().StringVar(&data, "data", "", "`file` of instructions in Alpaca's JSON (default what training held out)")
	cmd.Flags().BoolVarP(&verbose, "v", "v", false, "show every answer")
	jsonFlag(cmd, &asJSON)
	return cmd
}

// heldOutEntries are those that the training of the assistant in dir held out,
// or all of another file.
func heldOutEntries(dir, data string) (entries []instruct.Entry, what string, err error) {
	var o instructOptions
	if data != "" {
		all, sum, err := readEntries(data, 0)
		if err != nil {
			return nil, "", err
		}
		if rundir.Options(dir, &o) != nil || o.SHA256 != sum {
			return all, "instructions in " + data, nil
		}
		o.Data = data
	} else if err := rundir.Options(dir, &o); err != nil {
		return nil, "", err
	}
	all, sum, err := readEntries(o.Data, o.Seed)
	if err == nil && sum != o.SHA256 {
		err = fmt.Errorf("the instructions in %s have changed since the assistant in %s was trained; name a file by -data", o.Data, dir)
	}
	_, _, test := instruct.Split(all)
	return test, "instructions held out from training", err
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

func (e *evaluation) run(ctx context.Context, a *instruct.Assistant, entries []instruct.Entry) error {
	e.Kinds = map[string]instruct.Tally{}
	for s, err := range a.Scores(ctx, entries) {
		if err != nil {
			return err
		}
		e.Add(s)
		if s.Kind != "" {
			t := e.Kinds[s.Kind]
			t.Add(s)
			e.Kinds[s.Kind] = t
		}
		e.Scores = append(e.Scores, s)
	}
	return nil
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
	_, err := fmt.Fprintln(out)
	return err
}
