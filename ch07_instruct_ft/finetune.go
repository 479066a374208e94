package instruct

import (
	"fmt"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// Settings are the choices of a fine-tuning run.
type Settings struct {
	Epochs     int     // passes over the entries
	Batch      int     // entries in a step
	Rate       float64 // the largest learning rate
	MaskPrompt bool    // see [Collator]
	Seed       uint64  // of the order of the entries, and of dropout
}

// DefaultSettings suit the practice entries and the small model of chapter 5.
var DefaultSettings = Settings{Epochs: 18, Batch: 8, Rate: 3e-3, MaskPrompt: true, Seed: 1}

// A Tuner fine-tunes a model on instructions. The loop is that of chapter 5:
// the embedded Trainer steps, saves and resumes.
type Tuner struct {
	*pretrain.Trainer
	Total   int // steps in the whole run
	LeftOut int // entries that are longer than the context

	learner  *pretrain.LanguageModel
	bpe      *tokens.BPE
	collator Collator
	batch    int
	context  int
}

// NewTuner prepares to train all weights of m on entries. Those longer than
// its context are left out; if that is all of them, the error says so.
func NewTuner(m *gpt.Model, t *tokens.BPE, entries []Entry, s Settings) (*Tuner, error) {
	if s.Epochs < 1 || s.Batch < 1 {
		panic("instruct: epochs or batch size below 1")
	}
	items := EncodeAll(t, entries, m.Config.Context)
	if len(items) == 0 {
		return nil, fmt.Errorf("instruct: none of the %d entries fits in the model's context of %d tokens", len(entries), m.Config.Context)
	}
	u := &Tuner{
		Total:    s.Epochs * ((len(items) + s.Batch - 1) / s.Batch), // an epoch's last batch may be smaller
		LeftOut:  len(entries) - len(items),
		learner:  pretrain.NewLanguageModel(m, nil, s.Batch, m.Config.Context),
		bpe:      t,
		collator: Collator{EndOfText: t.EndOfText(), MaskPrompt: s.MaskPrompt},
		batch:    s.Batch,
		context:  m.Config.Context,
	}
	u.Trainer = pretrain.NewTrainer(u.learner, u.collator.Epoch(items, s.Batch), pretrain.Settings{
		Optimizer: pretrain.DefaultAdamW,
		Schedule:  pretrain.Schedule{Initial: s.Rate / 20, Peak: s.Rate, Min: s.Rate / 20, Warmup: min(20, u.Total/10), Total: u.Total},
		Clip:      1,
		Seed:      s.Seed,
	})
	return u, nil
}

// Loss is the mean loss of entries that were not trained on, as the run
// itself counts it; those longer than the context are left out.
func (u *Tuner) Loss(entries []Entry) float64 {
	items := EncodeAll(u.bpe, entries, u.context)
	return pretrain.Evaluate(u.learner, u.collator.Batches(items, u.batch, nil), 0)
}
