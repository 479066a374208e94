package instruct

import (
	"fmt"
	"iter"
	"math/rand/v2"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// Settings are the choices of a fine-tuning run: those of any training run and a
// few more. Of the schedule only the Peak is chosen, which is the learning rate.
type Settings struct {
	pretrain.Settings
	Epochs     int  `json:"epochs"`      // passes over the entries
	Batch      int  `json:"batch"`       // entries that go through the model at once
	Constant   bool `json:"constant"`    // the rate is always at its peak
	MaskPrompt bool `json:"mask_prompt"` // see [Collator]
}

// DefaultSettings suit the practice entries and the small model of chapter 5.
var DefaultSettings = Settings{
	Settings: pretrain.Settings{
		Optimizer: pretrain.DefaultAdamW, Schedule: pretrain.Schedule{Peak: 3e-3}, Clip: 1, Accumulate: 1, Seed: 1,
	},
	Epochs: 18, Batch: 8, MaskPrompt: true,
}

// PublishedSettings are those that Raschka's Build a Large Language Model (From
// Scratch) trains GPT-2 of 355 million weights with, all of them and without
// dropout. The optimiser is PyTorch's, as in chapter 6.
var PublishedSettings = Settings{
	Settings: pretrain.Settings{
		Optimizer: pretrain.AdamW{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, Decay: 0.1, DecayAll: true},
		Schedule:  pretrain.Schedule{Peak: 5e-5}, Accumulate: 1, Seed: 123,
	},
	Epochs: 2, Batch: 8, Constant: true,
}

// training warms up and cools down to a twentieth, unless the rate is constant.
func (s Settings) training(steps int) pretrain.Settings {
	t, rate := s.Settings, s.Schedule.Peak
	t.Schedule = pretrain.Schedule{Peak: rate, Min: rate / 20, Warmup: min(20, steps/10), Total: steps}
	if s.Constant {
		t.Schedule = pretrain.Constant(rate, steps)
	}
	return t
}

// A Tuner fine-tunes a model on instructions. The loop is that of chapter 5:
// the embedded Trainer steps, saves and resumes.
type Tuner struct {
	*pretrain.Trainer
	Total int // steps in the whole run

	learner  pretrain.Learner
	watch    []Example
	collator Collator
	batch    int
}

// NewTuner prepares to train all weights of m on the entries of learn, and to
// measure the loss on those of watch. Entries longer than its context are left
// out; it is an error if none is left to learn from. Its memory is for the longest
// entry that is left.
func NewTuner(m gpt.Network, t pretrain.Tokenizer, learn, watch []Entry, s Settings) (*Tuner, error) {
	all := func(B, T int) pretrain.Learner { return pretrain.NewLanguageModel(m, nil, B, T) }
	return NewTunerOf(all, m.Sizes().Context, t, learn, watch, s)
}

// NewTunerOf is [NewTuner] for what a function makes of the model: a learner of at most
// B entries of T tokens at once, where the model reads no more than context.
func NewTunerOf(make func(B, T int) pretrain.Learner, context int, t pretrain.Tokenizer, learn, watch []Entry, s Settings) (*Tuner, error) {
	if s.Epochs < 1 || s.Batch < 1 {
		panic("instruct: epochs or batch size below 1")
	}
	items, watched := EncodeAll(t, learn, context), EncodeAll(t, watch, context)
	if len(items) == 0 {
		return nil, fmt.Errorf("instruct: none of the %d entries fits in the model's context of %d tokens", len(learn), context)
	}
	batches := s.Epochs * ((len(items) + s.Batch - 1) / s.Batch) // an epoch's last batch may be smaller
	u := &Tuner{
		Total:    max(1, batches/max(s.Accumulate, 1)),
		learner:  make(s.Batch, max(Longest(items), Longest(watched))),
		watch:    watched,
		collator: Collator{EndOfText: t.EndOfText(), MaskPrompt: s.MaskPrompt},
		batch:    s.Batch,
	}
	epoch := func(rng *rand.Rand) iter.Seq[embeddings.Batch] { return u.collator.Batches(items, s.Batch, rng) }
	u.Trainer = pretrain.NewTrainer(u.learner, epoch, s.training(u.Total))
	return u, nil
}

// Loss is the mean loss of the entries to watch, as [pretrain.Evaluate] counts it:
// of the first batches of them, at most most, or of all if most is 0. It is NaN
// if there are none.
func (u *Tuner) Loss(most int) (loss float64, batches int) {
	return pretrain.Evaluate(u.learner, u.collator.Batches(u.watch, u.batch, nil), most)
}
