package main

import (
	"cmp"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/llm-from-scratch/llm/branches/translate"
	"github.com/llm-from-scratch/llm/branches/translate/grammar"
	"github.com/llm-from-scratch/llm/branches/translate/translator"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/meter"
	"github.com/llm-from-scratch/llm/internal/plaintext"
	"github.com/llm-from-scratch/llm/internal/training"
)

const translatorDir = "runs/translator"

// translateOptions are what the training of a translator depends on.
type translateOptions struct {
	pretrain.Settings // of the schedule, Peak, Root and Total are chosen
	source            // "" for the grammar's pairs
	translate.Config
	Norm      string  `json:"norm"`
	From      string  `json:"from"` // the languages of the two columns of a file
	To        string  `json:"to"`
	Pieces    int     `json:"pieces"` // of the vocabulary, of a file
	Batch     int     `json:"batch"`  // ids
	Smoothing float64 `json:"smoothing"`
}

var defaultTranslate = translateOptions{
	Settings: pretrain.Settings{
		Optimizer: pretrain.AdamW{Beta1: 0.9, Beta2: 0.98, Epsilon: 1e-9}, Schedule: pretrain.Schedule{Peak: 2e-3, Total: 6500}, Clip: 1, Accumulate: 1, Seed: 1,
	},
	Config: translate.Default, Norm: "before", From: "from", To: "to", Pieces: 8000, Batch: 1024, Smoothing: 0.1,
}

func translateTrainCommand() *cobra.Command {
	o := defaultTranslate
	var f runFlags
	cmd := command("translate", "train", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error { return f.train(cmd, &o) })
	f.add(cmd, translatorDir)
	flags := cmd.Flags()
	flags.StringVar(&o.Data, "data", o.Data, "`file` of pairs: a text, a tab, its translation (default the book's own grammar)")
	strictFlag(cmd)
	flags.StringVar(&o.From, "from", o.From, "`language` of the first column of -data")
	flags.StringVar(&o.To, "to", o.To, "`language` of the second column of -data")
	flags.StringVar(&o.Norm, "norm", o.Norm, "where it stands: `before` each part, or after the sum as in the paper")
	flags.IntVar(&o.Encoder, "encoder", o.Encoder, "layers that read")
	flags.IntVar(&o.Decoder, "decoder", o.Decoder, "layers that write")
	flags.IntVar(&o.Width, "width", o.Width, "size of the vector at each position")
	flags.IntVar(&o.Heads, "heads", o.Heads, "attention heads; they divide the width")
	flags.IntVar(&o.Pieces, "vocab", o.Pieces, "words and characters of -data that have ids, at most")
	flags.IntVar(&o.Batch, "batch", o.Batch, "ids in a batch, of both languages")
	flags.IntVar(&o.Schedule.Total, "steps", o.Schedule.Total, "steps of training")
	flags.Float64Var(&o.Schedule.Peak, "rate", o.Schedule.Peak, "largest learning rate")
	flags.Float64Var(&o.Smoothing, "smoothing", o.Smoothing, "share of each target that goes to all ids")
	flags.Float32Var(&o.Dropout, "dropout", o.Dropout, "share of values to forget while training")
	flags.BoolVar(&o.Schedule.Root, "root", o.Schedule.Root, "let the rate fall with the root of the step, as in the paper, and not along a cosine")
	flags.Uint64Var(&o.Seed, "seed", o.Seed, "of all that is random")
	return cmd
}

// Check finds out what is wrong with options before anything is read.
func (o *translateOptions) Check() error {
	o.NormFirst, o.FinalNorm, o.Hidden = o.Norm == "before", o.Norm == "before", 4*o.Width
	c := o.Config
	c.Vocab = 10 // for now
	switch {
	case o.Norm != "before" && o.Norm != "after":
		return usagef("-norm cannot be %q; it takes before or after", o.Norm)
	case !(o.Smoothing >= 0 && o.Smoothing < 1):
		return usagef("-smoothing cannot be %v; it takes at least 0 and less than 1", o.Smoothing)
	case o.From == o.To:
		return usagef("-from and -to are both %q; two languages need two names", o.To)
	case c.Validate() != nil:
		return usageError{c.Validate()}
	}
	return cmp.Or(optionError(o.Settings.Validate()), inRange(ranged{"vocab", o.Pieces, 1, 1 << 20}, ranged{"batch", o.Batch, 1, 1 << 20},
		ranged{"steps", o.Schedule.Total, 1, 1 << 24}, ranged{"encoder", o.Encoder, 1, 100}, ranged{"decoder", o.Decoder, 1, 100}))
}

// pairs are those to learn from, and n or, of a file, all that are held out.
func (o *translateOptions) pairs(cmd *cobra.Command, n, digits int) (translator.Pairs, string, error) {
	if o.Data == "" {
		return translator.Invented(n, digits, rand.New(rand.NewPCG(o.Seed, 20))), "", nil
	}
	read := func(r io.Reader) ([]grammar.Pair, error) { return grammar.ReadPairs(r, o.To) }
	all, sum, err := readFile(cmd, o.Data, "pairs", "tatoeba", read)
	if err != nil {
		return translator.Pairs{}, "", err
	}
	pairs, err := translator.BothWays(all, o.From)
	return pairs, sum, err
}

// run reads or makes the pairs and prepares a translator, new or as it was saved.
func (o *translateOptions) run(cmd *cobra.Command, f *runFlags) (*training.Run, error) {
	pairs, sum, err := o.pairs(cmd, 60, 0) // of each kind and direction 60 are watched
	if err := o.read(f, "the pairs in "+o.Data+" have", sum, err); err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(o.Seed, 21))
	some := pairs.Words(rng)
	t := translator.New(o.Config, some, o.Pieces, rng)
	if f.resume {
		if t, err = translator.Load(f.out); err != nil {
			return nil, err
		}
	}
	watch := t.Examples(slices.Concat(pairs.Held...))
	learner, settings := translate.NewLearner(t.Model, max(o.Batch, translate.Longest(watch), translate.Longest(t.Examples(some))), o.Smoothing), o.Settings
	settings.Schedule.Min, settings.Schedule.Warmup = o.Schedule.Peak/50, min(o.Schedule.Total/10, 200)
	return &training.Run{
		Trainer: pretrain.NewTrainer(learner, pairs.Epoch(t, o.Batch), settings), Total: o.Schedule.Total, Rate: o.Schedule.Peak,
		Every: max(1, o.Schedule.Total/10), Title: "Cross-entropy while learning to translate",
		About:    fmt.Sprintf("model: %d and %d layers of width %d, norms %s, vocabulary %d\n", o.Encoder, o.Decoder, o.Width, o.Norm, t.Vocabulary.Size()),
		Validate: func() (float64, int) { return pretrain.Evaluate(learner, translate.Batches(watch, o.Batch, nil), 0) },
		Save:     t.Save,
		After: func(out io.Writer) error {
			_, err := fmt.Fprintf(out, "the translator is in %s; see how it does, and let it translate:\n  %s translate eval -model %[1]s\n  %[2]s translate run -model %[1]s\n", quote(f.out), program())
			return err
		},
	}, nil
}

func translateEvalCommand() *cobra.Command {
	var dir string
	var n, width, digits int
	var asJSON bool
	cmd := command("translate", "eval", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		err := inRange(ranged{"n", n, 1, 1 << 20}, ranged{"beam", width, 1, 100}, ranged{"digits", cmp.Or(digits, 3), 3, 15}) // all shorter numbers are trained
		if err != nil {
			return err
		}
		t, err := translator.Load(dir)
		if err != nil {
			return orTrain(err, "translate train")
		}
		var o translateOptions
		if err := training.ReadOptions(dir, &o); err != nil {
			return err
		}
		pairs, sum, err := o.pairs(cmd, n, digits)
		if err == nil && sum != o.SHA256 {
			err = fmt.Errorf("%s has changed since the translator in %s was trained", o.Data, dir)
		}
		if err != nil {
			return err
		}
		return translateEval(cmd, t, pairs.Held, n, width, asJSON)
	})
	modelFlag(cmd, &dir, translatorDir, "the translator")
	cmd.Flags().IntVarP(&n, "n", "n", 1000, "pairs of each kind and direction, at most")
	beamFlag(cmd, &width)
	cmd.Flags().IntVar(&digits, "digits", 0, "only numbers of so many `digits`, 3 to 15, 13 or more being longer than any in training; 0 for all kinds")
	jsonFlag(cmd, &asJSON)
	return cmd
}

func beamFlag(cmd *cobra.Command, width *int) {
	cmd.Flags().IntVar(width, "beam", 1, "`texts` that are gone on with at a time; 1 is greedy")
}

// translateEval translates n pairs of each part, and prints how well.
func translateEval(cmd *cobra.Command, t *translator.Translator, parts [][]grammar.Pair, n, width int, asJSON bool) error {
	m := meter.New(cmd.ErrOrStderr(), 0, int64(len(parts)*min(n, len(parts[0]))), meter.Of("pairs translated"))
	defer m.Clear()
	var all []translator.Verdict
	for _, part := range parts {
		v, err := t.Judge(cmd.Context(), part[:min(n, len(part))], width, func(n int) { m.Add(n) })
		if err != nil {
			return err
		}
		all = append(all, v)
	}
	if m.Clear(); asJSON {
		return printJSON(cmd.OutOrStdout(), all, "  ")
	}
	out := table(cmd.OutOrStdout())
	fmt.Fprintln(out, "into\tkind\tpairs\texact\tBLEU")
	for _, v := range all {
		fmt.Fprintf(out, "%s\t%s\t%d\t%.1f%%\t%.1f\n", v.To, v.Kind, v.Pairs, 100*float64(v.Exact)/float64(v.Pairs), v.BLEU)
	}
	return out.Flush()
}

func translateRunCommand() *cobra.Command {
	var dir, to string
	var width int
	var asJSON bool
	cmd := command("translate", "run [TEXT...]", cobra.ArbitraryArgs, func(cmd *cobra.Command, texts []string) error {
		if err := inRange(ranged{"beam", width, 1, 100}); err != nil {
			return err
		}
		t, err := translator.Load(dir)
		if err != nil {
			return orTrain(err, "translate train")
		}
		all := lines(cmd.Context(), cmd.InOrStdin())
		if len(texts) > 0 {
			all = func(yield func(string, error) bool) {
				for i := 0; i < len(texts) && yield(plaintext.String("the text", []byte(texts[i]))); i++ {
				}
			}
		}
		for text, err := range all {
			if err == nil {
				err = translateOne(cmd, t, text, to, width, asJSON)
			}
			if err != nil {
				return err
			}
		}
		return cmd.Context().Err()
	})
	modelFlag(cmd, &dir, translatorDir, "the translator")
	cmd.Flags().StringVar(&to, "to", "", "`language` to translate into (default en of a text in Chinese, zh of others)")
	beamFlag(cmd, &width)
	jsonFlag(cmd, &asJSON)
	return cmd
}

func translateOne(cmd *cobra.Command, t *translator.Translator, text, to string, width int, asJSON bool) error {
	if to == "" {
		to = grammar.ToChinese
		if translator.Chinese(text) {
			to = grammar.ToEnglish
		}
	}
	if t.Vocabulary.Toward(to) == grammar.Unknown {
		return fmt.Errorf("-to cannot be %q; the translator has learned no such language", to)
	}
	if missing := t.Vocabulary.Missing(text); len(missing) > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "llm: the translator has never seen %s\n", strings.Join(missing, " "))
	}
	translation := t.Translate([]string{text}, to, width)[0]
	if asJSON {
		return printJSON(cmd.OutOrStdout(), t.Look(text, translation, to), "")
	}
	_, err := fmt.Fprintln(cmd.OutOrStdout(), translation)
	return err
}
