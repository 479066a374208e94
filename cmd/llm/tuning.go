package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// tuning are the options of every fine-tuning run that its settings do not have.
type tuning struct {
	source
	Model       string `json:"model"`
	Every       int    `json:"every"`
	EvalBatches int    `json:"eval_batches"`
}

func (o *tuning) paths() (data, model *string) { return &o.Data, &o.Model }

// add adds the options; things are what is trained with, in such a file.
func (o *tuning) add(cmd *cobra.Command, f *runFlags, things, file string, s *pretrain.Settings, batch, epochs *int, constant *bool) {
	flags := cmd.Flags()
	flags.BoolVar(&f.published, "published", false, "GPT-2 and the published book's settings")
	flags.StringVar(&o.Model, "model", o.Model, "`directory` or GGUF file of the pretrained model, or its name among the downloads")
	flags.StringVar(&o.Data, "data", o.Data, file)
	strictFlag(cmd)
	flags.IntVar(batch, "batch", *batch, things+" that go through the model at once")
	flags.IntVar(&s.Accumulate, "accumulate", s.Accumulate, "batches whose gradients make one step")
	flags.IntVar(epochs, "epochs", *epochs, "passes over the "+things)
	flags.Float64Var(&s.Schedule.Peak, "rate", s.Schedule.Peak, "largest learning rate")
	flags.BoolVar(constant, "constant-rate", *constant, "always the largest rate, without warming up and cooling down")
	flags.Float64Var(&s.Optimizer.Beta1, "beta1", s.Optimizer.Beta1, "how slowly the optimiser forgets gradients")
	flags.Float64Var(&s.Optimizer.Beta2, "beta2", s.Optimizer.Beta2, "how slowly the optimiser forgets the squares of gradients")
	flags.Float64Var(&s.Optimizer.Decay, "decay", s.Optimizer.Decay, "how fast weights shrink, times the rate")
	flags.BoolVar(&s.Optimizer.DecayAll, "decay-all", s.Optimizer.DecayAll, "let biases and norms shrink as well")
	flags.Float64Var(&s.Clip, "clip", s.Clip, "longest gradient; 0 for any")
	flags.Float32Var(&s.Dropout, "dropout", s.Dropout, "share of values to forget while training")
	flags.IntVar(&o.Every, "every", o.Every, "`steps` between two looks at the validation loss (default a tenth of all)")
	flags.IntVar(&o.EvalBatches, "eval-batches", o.EvalBatches, "`batches` to look at then; 0 for all")
	flags.Uint64Var(&s.Seed, "seed", s.Seed, "of all that is random")
}

func (o *tuning) check(s pretrain.Settings, batch, epochs int) error {
	err := inRange(
		ranged{"batch", batch, 1, 1 << 12}, ranged{"accumulate", s.Accumulate, 1, 1 << 12}, ranged{"epochs", epochs, 1, 1 << 20},
		ranged{"every", o.Every, 0, 1 << 20}, ranged{"eval-batches", o.EvalBatches, 0, 1 << 20},
	)
	if err != nil {
		return err
	}
	return optionError(s.Validate())
}

// tune is train for a course that has published settings. With -published they are
// set, by publish, but for the options on the command line, and the directory is
// named for the purpose and the model.
func (f *runFlags) tune(cmd *cobra.Command, c course, purpose string, publish func()) error {
	if !f.published {
		return f.train(cmd, c)
	}
	given := map[string]string{}
	cmd.Flags().Visit(func(f *pflag.Flag) { given[f.Name] = f.Value.String() })
	publish()
	for name, value := range given { // flags write to where options are
		if err := cmd.Flags().Set(name, value); err != nil {
			return err
		}
	}
	data, model := c.paths()
	if _, named := given["out"]; !named {
		f.out = filepath.Join("runs", purpose+"-"+filepath.Base(*model))
	}
	if !f.resume {
		if err := present(model, data); err != nil {
			return err
		}
	}
	return f.train(cmd, c)
}

// present puts where downloads are in the place of their names. Its error names
// what has not been downloaded, and the one command that gets all of it. What is no
// download is left alone.
func present(names ...*string) error {
	var missing []string
	var last error
	for _, name := range names {
		if path, err := located(*name); err == nil {
			*name = path
		} else {
			missing, last = append(missing, *name), err
		}
	}
	if len(missing) < 2 {
		return last
	}
	return fmt.Errorf("%s have not been downloaded; %s data get %s gets them", strings.Join(missing, " and "), program(), strings.Join(missing, " "))
}
