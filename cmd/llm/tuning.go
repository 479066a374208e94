package main

import (
	"errors"
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

// tuning are the options of every fine-tuning run.
type tuning struct {
	Model       string  `json:"model"`
	Data        string  `json:"data"` // "" for practice
	SHA256      string  `json:"data_sha256"`
	Batch       int     `json:"batch"`
	Accumulate  int     `json:"accumulate"`
	Epochs      int     `json:"epochs"`
	Rate        float64 `json:"rate"`
	Constant    bool    `json:"constant_rate"`
	Beta2       float64 `json:"beta2"`
	Decay       float64 `json:"decay"`
	DecayAll    bool    `json:"decay_all"`
	Clip        float64 `json:"clip"`
	Dropout     float32 `json:"dropout"`
	Every       int     `json:"every"`
	EvalBatches int     `json:"eval_batches"`
	Seed        uint64  `json:"seed"`
}

// optimize takes over the settings of an optimiser.
func (o tuning) optimize(a pretrain.AdamW) tuning {
	o.Beta2, o.Decay, o.DecayAll = a.Beta2, a.Decay, a.DecayAll
	return o
}

func (o *tuning) optimizer() pretrain.AdamW {
	a := pretrain.DefaultAdamW
	a.Beta2, a.Decay, a.DecayAll = o.Beta2, o.Decay, o.DecayAll
	return a
}

// add adds the options; things are what is trained with.
func (o *tuning) add(flags *pflag.FlagSet, things string) {
	flags.StringVar(&o.Model, "model", o.Model, "`directory` of the pretrained model, or its name among the downloads")
	flags.IntVar(&o.Batch, "batch", o.Batch, things+" that go through the model at once")
	flags.IntVar(&o.Accumulate, "accumulate", o.Accumulate, "batches whose gradients make one step")
	flags.IntVar(&o.Epochs, "epochs", o.Epochs, "passes over the "+things)
	flags.Float64Var(&o.Rate, "rate", o.Rate, "largest learning rate")
	flags.BoolVar(&o.Constant, "constant-rate", o.Constant, "always the largest rate, without warming up and cooling down")
	flags.Float64Var(&o.Beta2, "beta2", o.Beta2, "how slowly the optimiser forgets the squares of gradients")
	flags.Float64Var(&o.Decay, "decay", o.Decay, "how fast weights shrink, times the rate")
	flags.BoolVar(&o.DecayAll, "decay-all", o.DecayAll, "let biases and norms shrink as well")
	flags.Float64Var(&o.Clip, "clip", o.Clip, "longest gradient; 0 for any")
	flags.IntVar(&o.Every, "every", o.Every, "`steps` between two looks at the validation loss (default a tenth of all)")
	flags.IntVar(&o.EvalBatches, "eval-batches", o.EvalBatches, "`batches` to look at then; 0 for all")
	flags.Uint64Var(&o.Seed, "seed", o.Seed, "of all that is random")
}

func (o *tuning) check() error {
	for _, x := range []struct {
		name            string
		value, min, max int
	}{
		{"batch", o.Batch, 1, 1 << 12}, {"accumulate", o.Accumulate, 1, 1 << 12}, {"epochs", o.Epochs, 1, 1 << 20},
		{"every", o.Every, 0, 1 << 20}, {"eval-batches", o.EvalBatches, 0, 1 << 20},
	} {
		if x.value < x.min || x.value > x.max {
			return usagef("-%s cannot be %d; it takes %d to %d", x.name, x.value, x.min, x.max)
		}
	}
	switch {
	case !(o.Rate > 0 && o.Rate < 1):
		return usagef("-rate cannot be %v; it takes more than 0 and less than 1", o.Rate)
	case !(o.Beta2 >= 0 && o.Beta2 < 1):
		return usagef("-beta2 cannot be %v; it takes at least 0 and less than 1", o.Beta2)
	case !(o.Decay >= 0 && o.Decay*o.Rate < 1):
		return usagef("-decay cannot be %v; it takes at least 0, and times the rate less than 1", o.Decay)
	case !(o.Clip >= 0):
		return usagef("-clip cannot be %v; it takes 0 or more", o.Clip)
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

// errStopped ends a command that -stop stopped and that has said so.
var errStopped = errors.New("stopped")
