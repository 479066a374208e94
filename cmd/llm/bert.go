package main

import (
	"cmp"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/llm-from-scratch/llm/branches/bert"
	"github.com/llm-from-scratch/llm/branches/bert/gaps"
	"github.com/llm-from-scratch/llm/branches/wordpiece"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/corpus"
	"github.com/llm-from-scratch/llm/internal/fetch"
	"github.com/llm-from-scratch/llm/internal/figures"
	"github.com/llm-from-scratch/llm/internal/meter"
	"github.com/llm-from-scratch/llm/internal/search"
	"github.com/llm-from-scratch/llm/internal/strictjson"
	"github.com/llm-from-scratch/llm/internal/training"
)

// bertHome is where llm bert train leaves its model.
const bertHome = "runs/bert"

// bertOptions are what a training run of a BERT depends on.
type bertOptions struct {
	pretrain.Settings // of the schedule, Peak and Total are chosen
	source            // "" for Newton's Opticks

	Layers  int     `json:"layers"`
	Width   int     `json:"width"`
	Heads   int     `json:"heads"`
	Context int     `json:"context"`
	Vocab   int     `json:"vocab"`
	Batch   int     `json:"batch"`
	Every   int     `json:"every"`
	Share   float64 `json:"share"`
	Prompt  string  `json:"prompt"`
}

// defaultBert is as large as the GPT of chapter 5. It reads three times as many tokens, and
// guesses twice as many of them as the paper does: docs/runs tells what fewer come to.
var defaultBert = bertOptions{
	Settings: pretrain.Settings{
		Optimizer: pretrain.DefaultAdamW, Schedule: pretrain.Schedule{Peak: 1e-3, Total: 4000}, Clip: 1, Accumulate: 1, Seed: 1,
	},
	Layers: 4, Width: 128, Heads: 4, Context: 128, Vocab: 1024, Batch: 8, Share: 0.3, Prompt: "the [MASK] of light",
}

func bertTrainCommand() *cobra.Command {
	o := defaultBert
	var f runFlags
	cmd := command("bert", "train", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error { return f.train(cmd, &o) })
	f.add(cmd, bertHome)
	flags := cmd.Flags()
	flags.StringVar(&o.Data, "data", o.Data, "text `file` to learn from, or its name among the downloads (default Newton's Opticks)")
	flags.IntVar(&o.Layers, "layers", o.Layers, "blocks of the model")
	flags.IntVar(&o.Width, "width", o.Width, "size of the vector at each position")
	flags.IntVar(&o.Heads, "heads", o.Heads, "attention heads; they divide the width")
	flags.IntVar(&o.Context, "context", o.Context, "tokens the model reads at once")
	flags.IntVar(&o.Vocab, "vocab", o.Vocab, "different pieces of words, at most")
	flags.Float64Var(&o.Share, "share", o.Share, "of the words that are to be guessed")
	flags.Float32Var(&o.Dropout, "dropout", o.Dropout, "share of values to forget while training")
	flags.IntVar(&o.Batch, "batch", o.Batch, "sequences in a batch")
	flags.IntVar(&o.Schedule.Total, "steps", o.Schedule.Total, "steps of training")
	flags.Float64Var(&o.Schedule.Peak, "rate", o.Schedule.Peak, "largest learning rate")
	flags.Uint64Var(&o.Seed, "seed", o.Seed, "of all that is random: the same seed, the same losses")
	flags.IntVar(&o.Every, "every", o.Every, "`steps` between two looks at the validation loss (default a twelfth of all)")
	flags.StringVar(&o.Prompt, "prompt", o.Prompt, "what is filled in for the samples")
	return cmd
}

// Check finds out what is wrong with options before anything is read.
func (o *bertOptions) Check() error {
	const most = 1 << 16
	err := inRange(
		ranged{"layers", o.Layers, 1, most}, ranged{"width", o.Width, 1, most}, ranged{"heads", o.Heads, 1, most},
		ranged{"context", o.Context, 4, most}, ranged{"vocab", o.Vocab, 64, 1 << 20}, ranged{"batch", o.Batch, 1, most},
		ranged{"steps", o.Schedule.Total, 1, 1 << 20}, ranged{"every", o.Every, 0, 1 << 20},
	)
	if err != nil {
		return err
	}
	if !(o.Share > 0 && o.Share < 1) {
		return usagef("-share cannot be %v; it takes more than 0 and less than 1", o.Share)
	}
	if !strings.Contains(o.Prompt, wordpiece.Mask) {
		return usagef("-prompt has no %s to fill in", wordpiece.Mask)
	}
	if err := o.config(o.Vocab).Validate(); err != nil {
		return usageError{err}
	}
	return optionError(o.Validate())
}

func (o *bertOptions) config(vocab int) bert.Config {
	return bert.Config{
		Vocab: vocab, Context: o.Context, Width: o.Width, Hidden: 4 * o.Width, Layers: o.Layers, Heads: o.Heads,
		Types: 2, Epsilon: 1e-12, Masked: true,
	}
}

// run reads the text and prepares a model, new or as it was saved, to learn it.
func (o *bertOptions) run(_ *cobra.Command, f *runFlags) (*training.Run, error) {
	text, err := corpus.Read(o.Data)
	if err := o.read(f, "the text "+text.Path+" has", text.SHA256, err); err != nil {
		return nil, err
	}
	learn, validate := pretrain.SplitText(text.Text, 0.9)
	m, t, err := o.model(f, learn)
	if err != nil {
		return nil, err
	}
	if _, err := gaps.Fill(m, t, o.Prompt, 1); err != nil {
		return nil, usagef("-prompt: %v", err)
	}
	trainIDs, validIDs := t.Encode(learn), t.Encode(validate)
	train, err := embeddings.NewWindows(trainIDs, o.Context-2, 1)
	valid, short := embeddings.NewWindows(validIDs, o.Context-2, o.Context-2)
	if err := cmp.Or(err, short); err != nil || train.Len() < o.Batch {
		return nil, fmt.Errorf("the text %s is too short for batches of %d sequences of %d pieces: take a longer one, or a smaller -context or -batch", text.Path, o.Batch, o.Context)
	}
	masking := wordpiece.Masking{Tokenizer: t, Share: o.Share}
	learner := bert.NewLearner(m, nil, o.Batch, o.Context, t.ID(wordpiece.Pad))
	return &training.Run{
		Trainer: pretrain.NewTrainer(learner, func(rng *rand.Rand) iter.Seq[embeddings.Batch] { return masking.Batches(train, o.Batch, rng) }, scheduled(o.Settings)),
		Total:   o.Schedule.Total, Rate: o.Schedule.Peak, Every: cmp.Or(o.Every, max(1, o.Schedule.Total/12)),
		Title: "Cross-entropy of masked words",
		About: fmt.Sprintf("text: %s, %d pieces to learn from and %d to validate with\n", filepath.Base(text.Path), len(trainIDs), len(validIDs)) +
			fmt.Sprintf("model: %d layers of width %d, %d tokens of context, vocabulary %d: %s weights\n",
				o.Layers, o.Width, o.Context, t.Vocab(), figures.Thousands(m.Config.ParamCount())),
		Validate: func() (float64, int) { // the same words are masked each time
			batches := masking.Batches(valid, min(o.Batch, valid.Len()), rand.New(rand.NewPCG(o.Seed, 3)))
			return pretrain.Evaluate(learner, batches, 0)
		},
		Sample: func(int) string {
			guesses, _ := gaps.Fill(m, t, o.Prompt, 3) // as above, where it has a gap
			return gaps.Line(guesses[0])
		},
		Save: func(dir string) error { return bert.Save(dir, m, t) },
		After: func(out io.Writer) error {
			_, err := fmt.Fprintf(out, "the model, log.csv, loss.svg and samples.txt are in %s; let it guess:\n  %s bert fill -model %s %s\n",
				f.out, program(), quote(f.out), quote(o.Prompt))
			return err
		},
	}, nil
}

// model is a new model and vocabulary, or those of the run to go on with.
func (o *bertOptions) model(f *runFlags, learn string) (*bert.Model, *wordpiece.Tokenizer, error) {
	if f.resume {
		m, t, err := bert.LoadModel(f.out)
		if err == nil {
			if d := strictjson.Differ(o.config(t.Vocab()), m.Config); d != "" {
				err = fmt.Errorf("%s does not fit the run: %s", filepath.Join(f.out, "config.json"), d)
			}
		}
		return m, t, err
	}
	t, err := wordpiece.Learn(learn, wordpiece.Uncased, o.Vocab)
	if err != nil {
		return nil, nil, err
	}
	m := bert.New(o.config(t.Vocab()))
	m.Init(rand.New(rand.NewPCG(o.Seed, 0)))
	return m, t, nil
}

func bertFillCommand() *cobra.Command {
	var dir string
	var asJSON bool
	top := 5
	cmd := command("bert", "fill TEXT", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		if err := atLeast(1, "top", top); err != nil {
			return err
		}
		m, t, err := bert.LoadModel(dir)
		if err != nil {
			return orTrain(err, "bert train")
		}
		guesses, err := gaps.Fill(m, t, args[0], top)
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", dir, err)
		case asJSON:
			return printJSON(cmd.OutOrStdout(), guesses, "  ")
		}
		for _, g := range guesses {
			fmt.Fprintln(cmd.OutOrStdout(), gaps.Line(g))
		}
		return nil
	})
	modelFlag(cmd, &dir, bertHome, "the model")
	cmd.Flags().IntVar(&top, "top", top, "`words` for each gap")
	jsonFlag(cmd, &asJSON)
	return cmd
}

func searchCommand() *cobra.Command {
	var dir string
	var asJSON, noCache bool
	top := 5
	cmd := command("", "search FILE... QUESTION", cobra.MinimumNArgs(2), func(cmd *cobra.Command, args []string) error {
		return find(cmd, dir, args[:len(args)-1], args[len(args)-1], top, asJSON, noCache)
	})
	modelFlag(cmd, &dir, "minilm", "a sentence encoder")
	cmd.Flags().IntVar(&top, "top", top, "`passages` to show")
	cmd.Flags().BoolVar(&noCache, "no-cache", false, "keep no vectors on disk, and read none")
	jsonFlag(cmd, &asJSON)
	return cmd
}

// find prints the passages of files that are nearest to a question.
func find(cmd *cobra.Command, dir string, files []string, question string, top int, asJSON, noCache bool) error {
	if err := atLeast(1, "top", top); err != nil {
		return err
	}
	encoder, err := bert.LoadEncoder(dir)
	if err != nil {
		return err
	}
	notes := cmd.ErrOrStderr()
	passages, err := search.Read(files, func(_ string, err error) { fmt.Fprintf(notes, "left out: %v\n", err) })
	if err != nil {
		return err
	}
	index := search.Index{Encoder: encoder}
	if cache, err := fetch.Dir(); err == nil && !noCache {
		index.Dir = filepath.Join(cache, "search")
	}
	m := meter.New(notes, 0, int64(len(passages)), meter.Of("passages"))
	hits, err := index.Find(cmd.Context(), passages, question, top, func(n int) { m.Add(n) })
	m.Clear()
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(cmd.OutOrStdout(), hits, "  ")
	}
	for _, h := range hits {
		fmt.Fprintln(cmd.OutOrStdout(), h)
	}
	return nil
}
