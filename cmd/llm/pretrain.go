package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
	"github.com/llm-from-scratch/llm/internal/corpus"
	"github.com/llm-from-scratch/llm/internal/figures"
	"github.com/llm-from-scratch/llm/internal/footprint"
	"github.com/llm-from-scratch/llm/internal/plaintext"
	"github.com/llm-from-scratch/llm/internal/training"
)

// newton is where llm pretrain leaves its model and the other commands look
// for it.
const newton = "runs/newton"

// pretrainOptions are what a pretraining run depends on. They are written to
// its directory, to go on with.
type pretrainOptions struct {
	pretrain.Settings // of the schedule, Peak and Total are chosen
	source            // "" for Newton's Opticks
	station

	Layers  int    `json:"layers"`
	Width   int    `json:"width"`
	Heads   int    `json:"heads"`
	Context int    `json:"context"`
	Vocab   int    `json:"vocab"`
	Batch   int    `json:"batch"`
	Stride  int    `json:"stride"`
	Every   int    `json:"every"`
	Prompt  string `json:"prompt"`
	Plain   bool   `json:"plain_endoftext"` // EndOfText in the text is text
}

// defaultPretrain was chosen by the validation loss that a few minutes on two
// cores can reach: a wider model learns more from a step but takes fewer of them.
// docs/runs tells of the run.
var defaultPretrain = pretrainOptions{
	Settings: pretrain.Settings{
		Optimizer: pretrain.DefaultAdamW, Schedule: pretrain.Schedule{Peak: 3e-3, Total: 1200}, Clip: 1, Accumulate: 1, Seed: 1,
	},
	Layers: 4, Width: 128, Heads: 4, Context: 128, Vocab: 1024, Batch: 8, Stride: 1,
	Prompt: "The Rays of Light",
}

func pretrainCommand() *cobra.Command {
	o := defaultPretrain
	var f runFlags
	cmd := command("", "pretrain", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error { return f.train(cmd, &o) })
	f.add(cmd, newton)
	flags := cmd.Flags()
	flags.StringVar(&o.Data, "data", o.Data, "text `file` to learn from, or its name among the downloads (default Newton's Opticks)")
	o.flag(cmd)
	flags.IntVar(&o.Layers, "layers", o.Layers, "blocks of the model")
	flags.IntVar(&o.Width, "width", o.Width, "size of the vector at each position")
	flags.IntVar(&o.Heads, "heads", o.Heads, "attention heads; they divide the width")
	flags.IntVar(&o.Context, "context", o.Context, "tokens the model reads at once")
	flags.IntVar(&o.Vocab, "vocab", o.Vocab, "different tokens, 257 or more")
	flags.Float32Var(&o.Dropout, "dropout", o.Dropout, "share of values to forget while training")
	flags.IntVar(&o.Batch, "batch", o.Batch, "sequences in a batch")
	flags.IntVar(&o.Stride, "stride", o.Stride, "tokens from the start of one training sequence to the next")
	flags.IntVar(&o.Schedule.Total, "steps", o.Schedule.Total, "steps of training")
	flags.Float64Var(&o.Schedule.Peak, "rate", o.Schedule.Peak, "largest learning rate")
	flags.IntVar(&o.Accumulate, "accumulate", o.Accumulate, "batches whose gradients make one step")
	flags.Uint64Var(&o.Seed, "seed", o.Seed, "of all that is random: the same seed, the same losses")
	flags.IntVar(&o.Every, "every", o.Every, "`steps` between two looks at the validation loss (default a twelfth of all)")
	flags.StringVar(&o.Prompt, "prompt", o.Prompt, "how the samples begin")
	plainFlag(cmd, &o.Plain)
	return cmd
}

// Check finds out what is wrong with options before anything is read.
func (o *pretrainOptions) Check() error {
	const most = 1 << 20
	err := inRange(
		ranged{"layers", o.Layers, 1, most}, ranged{"width", o.Width, 1, most}, ranged{"heads", o.Heads, 1, most},
		ranged{"context", o.Context, 2, most}, ranged{"vocab", o.Vocab, 257, most}, ranged{"batch", o.Batch, 1, most},
		ranged{"stride", o.Stride, 1, most}, ranged{"steps", o.Schedule.Total, 1, most},
		ranged{"accumulate", o.Accumulate, 1, most}, ranged{"every", o.Every, 0, most},
	)
	if err != nil {
		return err
	}
	if err := optionError(o.Validate()); err != nil {
		return err
	}
	if o.Prompt, err = plaintext.String("-prompt", []byte(o.Prompt)); err != nil {
		return err
	}
	if o.Prompt == "" {
		return usagef("-prompt cannot be empty")
	}
	c := o.config(o.Vocab)
	if err := c.Validate(); err != nil {
		return usageError{err}
	}
	if err := o.check(c); err != nil {
		return err
	}
	if need := float64(o.memory(c).Total()); need > 64<<30 {
		return usagef("training this model takes %.0f GB of memory; make -width, -layers, -vocab or -batch smaller", need/(1<<30))
	}
	return nil
}

func (o *pretrainOptions) memory(c gpt.Config) footprint.Memory {
	return footprint.Of(c, o.Batch, o.Context, o.Dropout > 0, nil)
}

func (o *pretrainOptions) config(vocab int) gpt.Config {
	return gpt.Config{
		Vocab: vocab, Context: o.Context, Width: o.Width, Heads: o.Heads, Layers: o.Layers,
		QKVBias: true, TiedHead: true,
	}
}

// scheduled warms up for a tenth of the steps, and cools down to a twentieth of the
// rate.
func scheduled(s pretrain.Settings) pretrain.Settings {
	s.Schedule.Min, s.Schedule.Warmup = s.Schedule.Peak/20, min(s.Schedule.Total/10, 100)
	return s
}

// run reads the text and prepares a model, new or as it was saved, to learn it.
func (o *pretrainOptions) run(_ *cobra.Command, f *runFlags) (*training.Run, error) {
	text, err := corpus.Read(o.Data)
	if err := o.read(f, "the text "+text.Path+" has", text.SHA256, err); err != nil {
		return nil, err
	}
	learn, validate := pretrain.SplitText(text.Text, 0.9)
	m, bpe, err := o.model(f, learn)
	if err != nil {
		return nil, err
	}
	train, validation, err := o.windows(bpe, learn, validate)
	if err != nil {
		return nil, fmt.Errorf("the text %s %w", text.Path, err)
	}
	debug.FreeOSMemory() // the text has become ids
	lm := pretrain.NewLanguageModel(m, nil, o.Batch, o.Context)
	epoch := func(rng *rand.Rand) iter.Seq[embeddings.Batch] { return train.Batches(o.Batch, rng) }
	return &training.Run{
		Trainer: pretrain.NewTrainer(lm, epoch, scheduled(o.Settings)), Total: o.Schedule.Total, Rate: o.Schedule.Peak,
		Every: cmp.Or(o.Every, max(1, o.Schedule.Total/12)), Memory: o.memory(o.config(bpe.Vocab())),
		Title: "Cross-entropy while pretraining",
		About: fmt.Sprintf("text: %s, %d tokens to learn from and %d to validate with\n", filepath.Base(text.Path), train.IDs(), validation.IDs()) +
			fmt.Sprintf("model: %d layers of width %d, %d tokens of context, vocabulary %d: %s weights\n",
				o.Layers, o.Width, o.Context, bpe.Vocab(), figures.Thousands(values(m))),
		Validate: func() (float64, int) {
			return pretrain.Evaluate(lm, validation.Batches(min(o.Batch, validation.Len()), nil), 0)
		},
		Sample: func(step int) string { return o.sample(m, bpe, step) },
		Save:   func(dir string) error { return pretrain.SaveModel(dir, m, bpe) },
		After: func(out io.Writer) error {
			_, err := fmt.Fprintf(out, "the model, log.csv, loss.svg and samples.txt are in %s; let it write:\n  %s generate -model %s %q\n",
				f.out, program(), quote(f.out), "The Colours of the")
			return err
		},
	}, nil
}

// model is a new model and tokenizer, or those of the run to go on with.
func (o *pretrainOptions) model(f *runFlags, learn string) (gpt.Network, *tokens.BPE, error) {
	if f.resume {
		return o.saved(f.out, o.config)
	}
	train := tokens.TrainBPE
	if o.Plain {
		train = func(text string, vocab int) (*tokens.BPE, error) {
			return tokens.TrainDocuments(slices.Values([]string{text}), vocab)
		}
	}
	bpe, err := train(learn, o.Vocab)
	if err != nil {
		return nil, nil, err
	}
	m := o.network(o.config(bpe.Vocab()))
	m.Init(rand.New(rand.NewPCG(o.Seed, 0)))
	return m, bpe, nil
}

// windows encodes the two parts of the text apart, so that no token reaches over
// the border.
func (o *pretrainOptions) windows(bpe *tokens.BPE, learn, validate string) (train, validation *corpus.Windows, err error) {
	encode := func(text string) []int { return encodeText(bpe, text, o.Plain) }
	validation, err = corpus.NewWindows(validate, !o.Plain, encode, o.Context, o.Context)
	if err == nil {
		train, err = corpus.NewWindows(learn, !o.Plain, encode, o.Context, o.Stride)
	}
	switch {
	case err != nil:
		err = fmt.Errorf("cannot be learned from: %w", err)
	case validation.Len() == 0:
		err = fmt.Errorf("is too short: its last tenth has %d tokens, and validation needs more than the %d of the context; "+
			"take a longer text or a smaller -context", validation.IDs(), o.Context)
	case train.Len() < o.Batch:
		err = fmt.Errorf("is too short: %d sequences of %d tokens do not fill a batch of %d; take a smaller -batch or -stride", train.Len(), o.Context, o.Batch)
	}
	return train, validation, err
}

// sample lets the model write. What it draws depends on the step and not on what
// was drawn before, so that a resumed run writes the same.
func (o *pretrainOptions) sample(m gpt.Decoder, bpe *tokens.BPE, step int) string {
	rng := rand.New(rand.NewPCG(o.Seed, 1<<32+uint64(step)))
	prompt := encodeText(bpe, o.Prompt, o.Plain)
	var text strings.Builder
	text.WriteString(o.Prompt)
	some := instruct.Options{Sampler: pretrain.Sampler{Temperature: 0.7, TopP: 0.95}, MaxTokens: 100}
	write(context.Background(), &text, m, bpe, prompt, some, rng)
	return plaintext.Printable(text.String())
}
