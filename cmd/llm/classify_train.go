package main

import (
	"cmp"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"

	"github.com/spf13/cobra"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	classify "github.com/llm-from-scratch/llm/ch06_classify_ft"
	"github.com/llm-from-scratch/llm/internal/footprint"
	"github.com/llm-from-scratch/llm/internal/training"
)

// classifyOptions are what the training of a filter depends on.
type classifyOptions struct {
	tuning
	classify.Settings
	Messages int    `json:"messages"` // how many, for practice
	Layers   string `json:"layers"`
	LoRA     int    `json:"lora"`
}

var defaultClassify = classifyOptions{
	tuning: tuning{Model: newton}, Settings: classify.DefaultSettings, Messages: 2000, Layers: "all",
}

// publishedClassify is chapter 6 of the published book.
var publishedClassify = classifyOptions{
	tuning:   tuning{source: source{Data: "sms-spam"}, Model: "gpt2", Every: 50, EvalBatches: 5},
	Settings: classify.PublishedSettings, Messages: 2000, Layers: "last",
}

func classifyTrainCommand() *cobra.Command {
	o := defaultClassify
	var f runFlags
	cmd := command("classify", "train", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		return f.tune(cmd, &o, "sms", func() { o = publishedClassify })
	})
	f.add(cmd, spamFilter)
	o.tuning.add(cmd, &f, "messages", "`file` of messages, or its name among the downloads (default invented ones)",
		&o.Settings.Settings, &o.Batch, &o.Epochs, &o.Constant)
	flags := cmd.Flags()
	flags.IntVar(&o.Messages, "messages", o.Messages, "how many messages to invent")
	flags.StringVar(&o.Layers, "layers", o.Layers, "what to train: `all`, last (block, norm and head) or head")
	flags.IntVar(&o.LoRA, "lora", o.LoRA, "train low-rank adapters of this `rank` in place of the layers; 0 for none")
	flags.IntVar(&o.Longest, "longest", o.Longest, "tokens to read of a message")
	return cmd
}

// Check finds out what is wrong with options before anything is read.
func (o *classifyOptions) Check() error {
	if err := o.check(o.Settings.Settings, o.Batch, o.Epochs); err != nil {
		return err
	}
	if o.Layers != "all" && o.Layers != "last" && o.Layers != "head" {
		return usagef("-layers cannot be %q; it takes all, last or head", o.Layers)
	}
	return inRange(ranged{"messages", o.Messages, 20, 20000}, ranged{"longest", o.Longest, 1, 1 << 20}, ranged{"lora", o.LoRA, 0, 1 << 10})
}

// run reads the messages and prepares a filter, new or as it was saved, to sort them.
func (o *classifyOptions) run(cmd *cobra.Command, f *runFlags) (*training.Run, error) {
	all, sum, err := readMessages(cmd, o.Data, o.Messages, o.Seed)
	if err := o.read(f, "the messages in "+o.Data+" have", sum, err); err != nil {
		return nil, err
	}
	parts, err := o.split(all)
	if err != nil {
		return nil, err
	}
	settings := o.Training(len(parts[0]))
	if err := o.enough(len(parts[0]), settings.Schedule.Total); err != nil {
		return nil, err
	}
	filter, err := o.filter(cmd, f)
	if err != nil {
		return nil, err
	}
	learn, watch := filter.Examples(parts[0]), filter.Examples(parts[1])
	longest := max(learn.Longest(), watch.Longest())
	var memory footprint.Memory
	if m, ok := filter.Classifier.Model.(*gpt.Model); ok && o.LoRA == 0 {
		memory = o.memory(m.Config, longest)
		fmt.Fprintln(cmd.ErrOrStderr(), memory)
	}
	learner, save, err := o.learner(f, filter, longest)
	if err != nil {
		return nil, err
	}
	return &training.Run{
		Trainer: pretrain.NewTrainer(learner, learn.Epoch(o.Batch), settings), Total: settings.Schedule.Total, Rate: o.Schedule.Peak,
		Every: cmp.Or(o.Every, max(1, settings.Schedule.Total/10)), Memory: memory,
		Title: "Cross-entropy while learning to classify",
		About: fmt.Sprintf("messages: %d to train with, %d to watch, %d held out, half of them spam\n", len(parts[0]), len(parts[1]), len(parts[2])),
		Validate: func() (float64, int) {
			return pretrain.Evaluate(learner, watch.Batches(o.Batch, nil), o.EvalBatches)
		},
		Save:  save,
		After: func(out io.Writer) error { return o.after(cmd, f, filter, parts) },
	}, nil
}

// enough is an error if n messages do not do for a step.
func (o *classifyOptions) enough(n, steps int) error {
	switch {
	case n < o.Batch:
		return fmt.Errorf("%d messages to train with do not fill a batch of %d; take more messages or a smaller -batch", n, o.Batch)
	case steps < 1:
		return fmt.Errorf("%d messages to train with do not fill the %d batches of a step; take more messages or a smaller -accumulate", n, o.Accumulate)
	}
	return nil
}

// after counts what the filter sorts right of what it has seen.
func (o *classifyOptions) after(cmd *cobra.Command, f *runFlags, filter *classify.Filter, parts [3][]classify.Message) error {
	out := cmd.OutOrStdout()
	for i, seen := range []string{"to train with", "to watch"} {
		counts, err := count(cmd, filter, parts[i])
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%.2f%% of the messages %s sorted right\n", 100*counts.Accuracy(), seen)
	}
	_, err := fmt.Fprintf(out, "the filter is in %s; see how it does with the messages held out:\n  %s classify eval -model %s\n", f.out, program(), quote(f.out))
	return err
}

// split balances the messages, and cuts them into those to train with, to watch, and
// to hold out.
func (o *classifyOptions) split(all []classify.Message) (parts [3][]classify.Message, err error) {
	balanced, err := classify.Balance(all, rand.New(rand.NewPCG(o.Seed, 11)))
	if err != nil {
		return parts, fmt.Errorf("%s: %w", o.Data, err)
	}
	parts[0], parts[1], parts[2] = classify.Split(balanced)
	return parts, nil
}

// filter is a new classifier over the pretrained model, or that of the run to go
// on with. Low-rank changes go on from the pretrained model too: what they have
// come to is in a file of their own.
func (o *classifyOptions) filter(cmd *cobra.Command, f *runFlags) (*classify.Filter, error) {
	if f.resume && o.LoRA == 0 {
		filter, err := loadFilter(f.out)
		if err == nil && filter.Longest != min(o.Longest, filter.Classifier.Model.Sizes().Context) {
			err = fmt.Errorf("%s does not fit the run: longest was %d, not %d", filepath.Join(f.out, "classifier.json"), o.Longest, filter.Longest)
		}
		return filter, err
	}
	m, bpe, err := loadModel(cmd, o.Model, "pretrain")
	if err != nil {
		return nil, f.named(err)
	}
	c := classify.New(m, rand.New(rand.NewPCG(o.Seed, 12)))
	return &classify.Filter{Classifier: c, Tokenizer: bpe, Longest: min(o.Longest, m.Sizes().Context)}, nil
}

// memory is what training takes on messages of at most T tokens: two scores a message
// are next to nothing where a language model has logits.
func (o *classifyOptions) memory(c gpt.Config, T int) footprint.Memory {
	trains := o.trains(c.Layers)
	m := footprint.Of(c, o.Batch, T, o.Dropout > 0, trains)
	m.Weights += 4 * classify.TrainedParams(c, classify.HeadOnly)
	m.Gradients = 4 * classify.TrainedParams(c, trains)
	m.Averages, m.Logits = 2*m.Gradients, 0
	return m
}

// learner returns what is trained, on messages of at most T tokens, and how to
// save it.
func (o *classifyOptions) learner(f *runFlags, filter *classify.Filter, T int) (pretrain.Learner, func(dir string) error, error) {
	c := filter.Classifier
	if o.LoRA == 0 {
		return classify.NewLearner(c, o.trains(c.Model.Sizes().Layers), o.Batch, T), filter.Save, nil
	}
	adapted, err := f.adapt(c.Model, o.Model, o.LoRA, o.Seed)
	if err != nil {
		return nil, nil, err
	}
	learner := adapted.learner(func(trains func(name string) bool) pretrain.Learner {
		return classify.NewLearner(c, trains, o.Batch, T)
	})
	if f.resume {
		saved, err := loadFilter(f.out)
		if err == nil {
			copy(c.Head.W.Data, saved.Classifier.Head.W.Data)
			copy(c.Head.B, saved.Classifier.Head.B)
			err = adapted.resume(f.out, saved.Classifier.Model)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	save := func(dir string) error { // the changes, to go on with, and a filter that has them merged in
		whole := *filter
		whole.Classifier = &classify.Classifier{Model: adapted.whole(), Head: c.Head}
		if err := whole.Save(dir); err != nil {
			return err
		}
		return adapted.save(dir)
	}
	return learner, save, nil
}

// trains says which weights -layers means.
func (o *classifyOptions) trains(layers int) func(name string) bool {
	switch o.Layers {
	case "head":
		return classify.HeadOnly
	case "last":
		return classify.LastBlock(layers)
	}
	return classify.All
}

// evaluationParts are what the filter in dir is judged by, under their names: the
// messages to train with, to watch, and last those that were held out. Of another
// file than that it was trained with there is one part, all.
func evaluationParts(cmd *cobra.Command, dir, data string) (parts [][]classify.Message, names []string, err error) {
	var o classifyOptions
	var all []classify.Message
	own, err := o.judged(dir, data, &o, func() (sum string, err error) {
		all, sum, err = readMessages(cmd, o.Data, o.Messages, o.Seed)
		return sum, err
	})
	if err != nil || !own {
		return [][]classify.Message{all}, []string{"messages in " + data}, err
	}
	three, err := o.split(all)
	return three[:], []string{"messages to train with", "messages to watch", "messages held out from training"}, err
}
