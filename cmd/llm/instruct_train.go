package main

import (
	"cmp"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
	"github.com/llm-from-scratch/llm/internal/footprint"
	"github.com/llm-from-scratch/llm/internal/training"
)

// instructOptions are what the training of an assistant depends on.
type instructOptions struct {
	tuning
	instruct.Settings
}

var defaultInstruct = instructOptions{tuning{Model: newton}, instruct.DefaultSettings}

// publishedInstruct is chapter 7 of the published book.
var publishedInstruct = instructOptions{
	tuning{source: source{Data: "instructions"}, Model: "gpt2-medium", Every: 5, EvalBatches: 5}, instruct.PublishedSettings,
}

func instructTrainCommand() *cobra.Command {
	o := defaultInstruct
	var f runFlags
	cmd := command("instruct", "train", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		return f.tune(cmd, &o, "instruct", func() { o = publishedInstruct })
	})
	f.add(cmd, assistant)
	o.tuning.add(cmd, &f, "instructions", "`file` of instructions in Alpaca's JSON, or its name among the downloads (default practice ones)",
		&o.Settings.Settings, &o.Batch, &o.Epochs, &o.Constant)
	cmd.Flags().BoolVar(&o.MaskPrompt, "mask-prompt", o.MaskPrompt, "learn to answer only, not to ask as well")
	return cmd
}

// Check finds out what is wrong with options before anything is read.
func (o *instructOptions) Check() error { return o.check(o.Settings.Settings, o.Batch, o.Epochs) }

// run reads the instructions and prepares a model, pretrained or as it was saved, to
// follow them.
func (o *instructOptions) run(cmd *cobra.Command, f *runFlags) (*training.Run, error) {
	entries, sum, err := readEntries(cmd, o.Data, o.Seed)
	if err := o.read(f, "the instructions in "+o.Data+" have", sum, err); err != nil {
		return nil, err
	}
	from := o.Model
	if f.resume {
		from = f.out
	}
	m, bpe, err := loadModel(cmd, from, "pretrain")
	if err != nil {
		return nil, err
	}
	learn, watch, test := instruct.Split(entries)
	used, longest := [3]int{}, 0 // of each part what the context can hold
	for i, part := range [][]instruct.Entry{learn, watch, test} {
		fit := instruct.EncodeAll(bpe, part, m.Config.Context)
		if used[i] = len(fit); i < 2 {
			longest = max(longest, instruct.Longest(fit))
		}
	}
	memory := footprint.Of(m.Config, o.Batch, longest, o.Dropout > 0, nil)
	if used[0] > 0 {
		fmt.Fprintln(cmd.ErrOrStderr(), memory)
	}
	tuner, err := instruct.NewTuner(m, bpe, learn, watch, o.Settings)
	if err != nil {
		return nil, err
	}
	about := fmt.Sprintf("instructions: %d to train with, %d to watch, %d held out\n", used[0], used[1], used[2])
	if more := len(entries) - used[0] - used[1] - used[2]; more > 0 {
		about += fmt.Sprintf("%d more are longer than the model's context of %d tokens and are left out\n", more, m.Config.Context)
	}
	return &training.Run{
		Trainer: tuner.Trainer, Total: tuner.Total, Rate: o.Schedule.Peak, Every: cmp.Or(o.Every, max(1, tuner.Total/10)),
		Title: "Cross-entropy while learning to follow instructions", About: about, Memory: memory,
		Validate: func() (float64, int) { return tuner.Loss(o.EvalBatches) },
		Save:     func(dir string) error { return pretrain.SaveModel(dir, m, bpe) },
		After: func(out io.Writer) error {
			_, err := fmt.Fprintf(out, "the assistant is in %s; see how it answers what was held out, or ask it yourself:\n"+
				"  %s instruct eval -model %[3]s\n  %[2]s chat -model %[3]s\n", f.out, program(), quote(f.out))
			return err
		},
	}, nil
}
