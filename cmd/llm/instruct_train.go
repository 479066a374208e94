package main

import (
	"cmp"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/llm-from-scratch/llm/branches/talk"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
	"github.com/llm-from-scratch/llm/internal/footprint"
	"github.com/llm-from-scratch/llm/internal/training"
)

// instructOptions are what the training of an assistant depends on.
type instructOptions struct {
	tuning
	instruct.Settings
	LoRA int `json:"lora,omitzero"`
}

var defaultInstruct = instructOptions{tuning: tuning{Model: newton}, Settings: instruct.DefaultSettings}

// publishedInstruct is chapter 7 of the published book.
var publishedInstruct = instructOptions{
	tuning:   tuning{source: source{Data: "instructions"}, Model: "gpt2-medium", Every: 5, EvalBatches: 5},
	Settings: instruct.PublishedSettings,
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
	cmd.Flags().IntVar(&o.LoRA, "lora", o.LoRA, "train low-rank adapters of this `rank` in place of all weights; 0 for none")
	return cmd
}

// Check finds out what is wrong with options before anything is read.
func (o *instructOptions) Check() error {
	if err := o.check(o.Settings.Settings, o.Batch, o.Epochs); err != nil {
		return err
	}
	return inRange(ranged{"lora", o.LoRA, 0, 1 << 10})
}

// run reads the instructions and prepares a model, pretrained or as it was saved, to
// follow them.
func (o *instructOptions) run(cmd *cobra.Command, f *runFlags) (*training.Run, error) {
	entries, sum, err := readEntries(cmd, o.Data, o.Seed)
	if err := o.read(f, "the instructions in "+o.Data+" have", sum, err); err != nil {
		return nil, err
	}
	m, t, err := o.model(cmd, f)
	if err != nil {
		return nil, err
	}
	context := m.Sizes().Context
	learn, watch, test := instruct.Split(entries)
	used, longest := [3]int{}, 0 // of each part what the context can hold
	for i, part := range [][]instruct.Entry{learn, watch, test} {
		fit := instruct.EncodeAll(t, part, context)
		if used[i] = len(fit); i < 2 {
			longest = max(longest, instruct.Longest(fit))
		}
	}
	memory := o.memory(m, longest)
	if used[0] > 0 && memory.Total() > 0 {
		fmt.Fprintln(cmd.ErrOrStderr(), memory)
	}
	tuner, save, err := o.tuner(f, m, t, learn, watch)
	if err != nil {
		return nil, err
	}
	about := fmt.Sprintf("instructions: %d to train with, %d to watch, %d held out\n", used[0], used[1], used[2])
	if more := len(entries) - used[0] - used[1] - used[2]; more > 0 {
		about += fmt.Sprintf("%d more are longer than the model's context of %d tokens and are left out\n", more, context)
	}
	return &training.Run{
		Trainer: tuner.Trainer, Total: tuner.Total, Rate: o.Schedule.Peak, Every: cmp.Or(o.Every, max(1, tuner.Total/10)),
		Title: "Cross-entropy while learning to follow instructions", About: about, Memory: memory,
		Validate: func() (float64, int) { return tuner.Loss(o.EvalBatches) },
		Save:     save,
		After: func(out io.Writer) error {
			_, err := fmt.Fprintf(out, "the assistant is in %s; see how it answers what was held out, or ask it yourself:\n"+
				"  %s instruct eval -model %[3]s\n  %[2]s chat -model %[3]s\n", f.out, program(), quote(f.out))
			return err
		},
	}, nil
}

// model is the pretrained model, or that of the run to go on with.
func (o *instructOptions) model(cmd *cobra.Command, f *runFlags) (gpt.Network, pretrain.Tokenizer, error) {
	from := o.Model
	if f.resume && o.LoRA == 0 { // low-rank changes are in a file of their own
		from = f.out
	}
	m, t, err := loadModel(cmd, from, "pretrain")
	if err == nil {
		err = talk.Ready(t, false, time.Time{}) // a run that is repeated is told the same day
	}
	return m, t, err
}

// memory is what training takes on entries of at most T tokens, if that can be foretold.
func (o *instructOptions) memory(m gpt.Network, T int) footprint.Memory {
	if m, ok := m.(*gpt.Model); ok && o.LoRA == 0 {
		return footprint.Of(m.Config, o.Batch, T, o.Dropout > 0, nil)
	}
	return footprint.Memory{}
}

// tuner is what trains a model, all of it or low-rank changes, and how to save it.
func (o *instructOptions) tuner(f *runFlags, m gpt.Network, t pretrain.Tokenizer, learn, watch []instruct.Entry) (*instruct.Tuner, func(dir string) error, error) {
	save := func(dir string) error { return pretrain.SaveModel(dir, m, t) }
	if o.LoRA == 0 {
		tuner, err := instruct.NewTuner(m, t, learn, watch, o.Settings)
		return tuner, save, err
	}
	adapted, err := f.adapt(m, o.Model, o.LoRA, o.Seed)
	if err != nil {
		return nil, nil, err
	}
	learner := func(B, T int) pretrain.Learner {
		return adapted.learner(func(trains func(name string) bool) pretrain.Learner {
			return pretrain.NewLanguageModel(m, trains, B, T)
		})
	}
	tuner, err := instruct.NewTunerOf(learner, m.Sizes().Context, t, learn, watch, o.Settings)
	if err == nil && f.resume {
		var saved gpt.Network
		if saved, _, err = talk.Open(f.out); err == nil {
			err = adapted.resume(f.out, saved)
		}
	}
	if err != nil {
		return nil, nil, err
	}
	return tuner, func(dir string) error {
		if err := pretrain.SaveModel(dir, adapted.whole(), t); err != nil {
			return err
		}
		return adapted.save(dir)
	}, nil
}
