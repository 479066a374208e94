package main

import (
	"fmt"

	"github.com/spf13/cobra"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
)

// instructOptions are what the training of an assistant depends on.
type instructOptions struct {
	Model      string  `json:"model"`
	Data       string  `json:"data"` // "" for practice instructions
	SHA256     string  `json:"data_sha256"`
	Batch      int     `json:"batch"`
	Epochs     int     `json:"epochs"`
	Rate       float64 `json:"rate"`
	MaskPrompt bool    `json:"mask_prompt"`
	Seed       uint64  `json:"seed"`
}

func defaultInstruct() instructOptions {
	d := instruct.DefaultSettings
	return instructOptions{Model: newton, Batch: d.Batch, Epochs: d.Epochs, Rate: d.Rate, MaskPrompt: d.MaskPrompt, Seed: d.Seed}
}

func instructTrainCommand() *cobra.Command {
	o := defaultInstruct()
	var f runFlags
	cmd := &cobra.Command{
		Use:   "train",
		Short: "Train an assistant from a pretrained model",
		Long: `Train teaches a pretrained model to answer instructions: practice ones with exact
answers, or those of a file in Alpaca's JSON, a list of objects with instruction,
input and output. 85 in 100 train, 5 are watched, and 10 are held out for
llm instruct eval.`,
		Example: `llm instruct train
llm instruct train -resume                     go on after Ctrl-C
llm instruct train -mask-prompt=false -out runs/unmasked
llm instruct train -data "$(llm data get instructions)" -out runs/alpaca`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return instructTrain(cmd, o, f) },
	}
	f.add(cmd, assistant)
	flags := cmd.Flags()
	flags.StringVar(&o.Model, "model", o.Model, "`directory` of the pretrained model")
	flags.StringVar(&o.Data, "data", o.Data, "`file` of instructions in Alpaca's JSON (default practice ones)")
	flags.IntVar(&o.Batch, "batch", o.Batch, "instructions in a step")
	flags.IntVar(&o.Epochs, "epochs", o.Epochs, "passes over the instructions")
	flags.Float64Var(&o.Rate, "rate", o.Rate, "largest learning rate")
	flags.BoolVar(&o.MaskPrompt, "mask-prompt", o.MaskPrompt, "learn to answer only, not to ask as well")
	flags.Uint64Var(&o.Seed, "seed", o.Seed, "of all that is random")
	return cmd
}

func (o *instructOptions) check() error {
	switch {
	case o.Batch < 1 || o.Batch > 1<<12:
		return usagef("-batch cannot be %d; it takes 1 to %d", o.Batch, 1<<12)
	case o.Epochs < 1 || o.Epochs > 1<<20:
		return usagef("-epochs cannot be %d; it takes 1 to %d", o.Epochs, 1<<20)
	case !(o.Rate > 0 && o.Rate < 1):
		return usagef("-rate cannot be %v; it takes more than 0 and less than 1", o.Rate)
	}
	return nil
}

func instructTrain(cmd *cobra.Command, o instructOptions, f runFlags) error {
	if err := o.check(); err != nil {
		return err
	}
	if !f.resume {
		if err := f.paths(&o.Data, &o.Model); err != nil {
			return err
		}
	}
	if err := f.options(cmd, &o); err != nil {
		return err
	}
	entries, sum, err := readEntries(o.Data, o.Seed)
	if err != nil {
		return err
	}
	if f.resume && sum != o.SHA256 {
		return fmt.Errorf("the instructions in %s have changed since the run in %s was started; begin a new run, with another -out", o.Data, f.out)
	}
	o.SHA256 = sum
	from := o.Model
	if f.resume {
		from = f.out
	}
	m, bpe, err := loadModel(from, "pretrain")
	if err != nil {
		return err
	}
	return o.train(cmd, f, m, bpe, entries)
}

func (o *instructOptions) train(cmd *cobra.Command, f runFlags, m *gpt.Model, bpe *tokens.BPE, entries []instruct.Entry) error {
	learn, watch, test := instruct.Split(entries)
	tuner, err := instruct.NewTuner(m, bpe, learn, instruct.Settings{
		Epochs: o.Epochs, Batch: o.Batch, Rate: o.Rate, MaskPrompt: o.MaskPrompt, Seed: o.Seed,
	})
	if err != nil {
		return err
	}
	dir, err := f.open(cmd.Context(), tuner.Trainer, o)
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	if !f.resume {
		fmt.Fprintf(out, "instructions: %d to train with, %d to watch, %d held out\n", len(learn)-tuner.LeftOut, len(watch), len(test))
		if tuner.LeftOut > 0 {
			fmt.Fprintf(out, "%d more are longer than the model's context of %d tokens and are left out\n", tuner.LeftOut, m.Config.Context)
		}
	}
	c := &course{
		trainer: tuner.Trainer, total: tuner.Total, every: max(1, tuner.Total/10), rate: o.Rate, dir: dir, command: words(cmd),
		title:    "Cross-entropy while learning to follow instructions",
		validate: func() float64 { return tuner.Loss(watch) },
		save:     func() error { return pretrain.SaveModel(f.out, m, bpe) },
	}
	if err := c.run(cmd.Context(), out, cmd.ErrOrStderr()); err != nil {
		return err
	}
	fmt.Fprintf(out, "the assistant is in %s; see how it answers what was held out, or ask it yourself:\n  %s instruct eval -model %s\n  %s chat -model %s\n",
		f.out, program(), quote(f.out), program(), quote(f.out))
	return nil
}
