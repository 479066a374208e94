package main

import (
	"fmt"

	"github.com/spf13/cobra"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
	"github.com/llm-from-scratch/llm/cmd/llm/internal/training"
)

// instructOptions are what the training of an assistant depends on.
type instructOptions struct {
	tuning
	instruct.Settings
}

func defaultInstruct() instructOptions {
	return instructOptions{tuning{Model: newton}, instruct.DefaultSettings}
}

// publishedInstruct is chapter 7 of the published book.
func publishedInstruct() instructOptions {
	return instructOptions{
		tuning{Model: "gpt2-medium", Data: "instructions", Every: 5, EvalBatches: 5}, instruct.PublishedSettings,
	}
}

func instructTrainCommand() *cobra.Command {
	o := defaultInstruct()
	var f runFlags
	var published bool
	cmd := &cobra.Command{
		Use:   "train",
		Short: "Train an assistant from a pretrained model",
		Long: `Train teaches a pretrained model to answer instructions: practice ones with exact
answers, or those of a file in Alpaca's JSON, a list of objects with instruction,
input and output. 85 in 100 train, 5 are watched, and 10 are held out for
llm instruct eval.

With -published it does what chapter 7 of Raschka's Build a Large Language Model
(From Scratch) does: all of GPT-2's 355 million weights learn from its 1,100
instructions. Other options change what they name and leave the rest.`,
		Example: `  llm instruct train
  llm instruct train -resume                     go on after Ctrl-C
  llm instruct train -mask-prompt=false -out runs/unmasked
  llm instruct train -data "$(llm data get instructions)" -out runs/alpaca
  llm instruct train -published                  the real GPT-2, in runs/instruct-gpt2-medium
  llm instruct train -published -model gpt2      the smallest, for a laptop
  llm instruct train -published -batch 1 -accumulate 8`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if published {
				if err := usePublished(cmd, &o, publishedInstruct()); err != nil {
					return err
				}
				f.publishedOut(cmd, "instruct", o.Model)
				if err := present(o.Model, o.Data); !f.resume && err != nil {
					return err
				}
			}
			return instructTrain(cmd, o, f)
		},
	}
	f.add(cmd, assistant)
	flags := cmd.Flags()
	flags.BoolVar(&published, "published", false, "GPT-2 and the published book's settings")
	o.tuning.add(flags, "instructions", &o.Settings.Settings, &o.Batch, &o.Epochs, &o.Constant)
	flags.StringVar(&o.Data, "data", o.Data, "`file` of instructions in Alpaca's JSON, or its name among the downloads (default practice ones)")
	strictFlag(cmd)
	flags.BoolVar(&o.MaskPrompt, "mask-prompt", o.MaskPrompt, "learn to answer only, not to ask as well")
	return cmd
}

func (o *instructOptions) check() error {
	return o.tuning.check(o.Settings.Settings, o.Batch, o.Epochs)
}

func instructTrain(cmd *cobra.Command, o instructOptions, f runFlags) error {
	if f.resume {
		o = instructOptions{}
	}
	defer func() { f.dir.Close() }()
	if err := f.options(cmd, &o, &o.Data, &o.Model); err != nil {
		return err
	}
	entries, sum, err := readEntries(cmd, o.Data, o.Seed)
	if err != nil {
		return f.named(err)
	}
	if f.resume && sum != o.SHA256 {
		return fmt.Errorf("the instructions in %s have changed since the run in %s was started; begin a new run, with another -out", o.Data, f.out)
	}
	o.SHA256 = sum
	from := o.Model
	if f.resume {
		from = f.out
	}
	m, bpe, err := loadModel(cmd, from, "pretrain")
	if err != nil {
		return err
	}
	return o.train(cmd, f, m, bpe, entries)
}

func (o *instructOptions) train(cmd *cobra.Command, f runFlags, m *gpt.Model, bpe *tokens.BPE, entries []instruct.Entry) error {
	learn, watch, test := instruct.Split(entries)
	var used [3]int // of each part what the context can hold
	longest := 0
	for i, part := range [][]instruct.Entry{learn, watch, test} {
		fit := instruct.EncodeAll(bpe, part, m.Config.Context)
		if used[i] = len(fit); i < 2 {
			longest = max(longest, instruct.Longest(fit))
		}
	}
	if used[0] > 0 {
		foretell(cmd.ErrOrStderr(), m.Config.TrainMemory(o.Batch, longest, o.Dropout > 0, nil))
	}
	tuner, err := instruct.NewTuner(m, bpe, learn, watch, o.Settings)
	if err != nil {
		return err
	}
	if o.Every == 0 {
		o.Every = max(1, tuner.Total/10)
	}
	dir, err := f.open(cmd, tuner.Trainer, o)
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	if !f.resume {
		fmt.Fprintf(out, "instructions: %d to train with, %d to watch, %d held out\n", used[0], used[1], used[2])
		if more := len(entries) - used[0] - used[1] - used[2]; more > 0 {
			fmt.Fprintf(out, "%d more are longer than the model's context of %d tokens and are left out\n", more, m.Config.Context)
		}
	}
	dir.Title = "Cross-entropy while learning to follow instructions"
	r := &training.Run{
		Trainer: tuner.Trainer, Total: tuner.Total, Every: o.Every, Rate: o.Schedule.Peak, Dir: dir, Again: f.again(cmd), Stop: f.stop,
		Validate: func() (float64, int) { return tuner.Loss(o.EvalBatches) },
		Save:     func(dir string) error { return pretrain.SaveModel(dir, m, bpe) },
	}
	if err := r.Train(cmd.Context(), out, cmd.ErrOrStderr()); err != nil {
		return err
	}
	fmt.Fprintf(out, "the assistant is in %s; see how it answers what was held out, or ask it yourself:\n  %s instruct eval -model %s\n  %s chat -model %s\n",
		f.out, program(), quote(f.out), program(), quote(f.out))
	return nil
}
