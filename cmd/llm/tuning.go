package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/fetch"
)

// tuning are the options of every fine-tuning run that its settings do not have.
type tuning struct {
	Model       string `json:"model"`
	Data        string `json:"data"` // "" for practice
	SHA256      string `json:"data_sha256"`
	Every       int    `json:"every"`
	EvalBatches int    `json:"eval_batches"`
}

// add adds the options; things are what is trained with.
func (o *tuning) add(flags *pflag.FlagSet, things string, s *pretrain.Settings, batch, epochs *int, constant *bool) {
	flags.StringVar(&o.Model, "model", o.Model, "`directory` of the pretrained model, or its name among the downloads")
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
	err := inRange([]ranged{
		{"batch", batch, 1, 1 << 12}, {"accumulate", s.Accumulate, 1, 1 << 12}, {"epochs", epochs, 1, 1 << 20},
		{"every", o.Every, 0, 1 << 20}, {"eval-batches", o.EvalBatches, 0, 1 << 20},
	})
	if err != nil {
		return err
	}
	return optionError(s.Validate())
}

// A ranged is a whole number among the options.
type ranged struct {
	option          string
	value, min, max int
}

// inRange is a usage error for the first of them that is out of its range.
func inRange(numbers []ranged) error {
	for _, x := range numbers {
		if x.value < x.min || x.value > x.max {
			return usagef("-%s cannot be %d; it takes %d to %d", x.option, x.value, x.min, x.max)
		}
	}
	return nil
}

// usePublished sets options to the published settings, but for those on the
// command line.
func usePublished[T any](cmd *cobra.Command, options *T, published T) error {
	given := map[string]string{}
	cmd.Flags().Visit(func(f *pflag.Flag) { given[f.Name] = f.Value.String() })
	*options = published
	for name, value := range given { // flags write to where options are
		if err := cmd.Flags().Set(name, value); err != nil {
			return err
		}
	}
	return nil
}

// publishedOut is where a run with the published settings goes, if the command
// line does not say: by what it is for and the model it starts from.
func (f *runFlags) publishedOut(cmd *cobra.Command, purpose, model string) {
	if !cmd.Flags().Changed("out") {
		f.out = filepath.Join("runs", purpose+"-"+filepath.Base(model))
	}
}

// present is an error that names what has not been downloaded of the names, and
// the one command that gets all of it. What is no download is not looked at.
func present(names ...string) error {
	var missing []string
	for _, name := range names {
		_, model := gpt.Named(name)
		_, known := fetch.Named(name)
		path, err := located(name)
		if err == nil {
			_, err = os.Stat(path)
		}
		if err != nil && (known || model) {
			missing = append(missing, name)
		}
	}
	switch len(missing) {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("%s has not been downloaded; %s data get %s gets it", missing[0], program(), missing[0])
	}
	return fmt.Errorf("%s have not been downloaded; %s data get %s gets them",
		strings.Join(missing, " and "), program(), strings.Join(missing, " "))
}

// foretell says how much memory a run will take, before it takes it.
func foretell(stderr io.Writer, m gpt.Memory) {
	fmt.Fprintf(stderr, "training %s of %s values takes %s MB of memory: weights %s, gradients %s, averages %s, activations %s, logits %s\n",
		thousands(m.Gradients/4), thousands(m.Weights/4), megabytes(m.Total()), megabytes(m.Weights), megabytes(m.Gradients),
		megabytes(m.Averages), megabytes(m.Activations), megabytes(m.Logits))
}

func megabytes(n int) string { return thousands((n + 5e5) / 1e6) }
