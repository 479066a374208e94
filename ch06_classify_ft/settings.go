package classify

import (
	"iter"
	"math/rand/v2"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// Settings are the choices of a fine-tuning run: those of any training run and a
// few more. Of the schedule only the Peak is chosen, which is the learning rate;
// [Settings.Training] fills in the rest.
type Settings struct {
	pretrain.Settings
	Batch    int  `json:"batch"`    // messages that go through the model at once
	Epochs   int  `json:"epochs"`   // passes over the training part
	Longest  int  `json:"longest"`  // ids read of a message, at most the model's context
	Constant bool `json:"constant"` // the rate is always at its peak
}

// DefaultSettings suit the small models of this book, all of whose layers train.
var DefaultSettings = Settings{
	Settings: pretrain.Settings{
		Optimizer: pretrain.DefaultAdamW, Schedule: pretrain.Schedule{Peak: 5e-4},
		Clip: 1, Accumulate: 1, Dropout: 0.1, Seed: 1,
	},
	Batch: 8, Epochs: 5, Longest: 120,
}

// PublishedSettings are those that Raschka's Build a Large Language Model (From
// Scratch) trains the last block of the smallest GPT-2 with. The optimiser is
// PyTorch's, which forgets squares more slowly and lets all weights decay.
var PublishedSettings = Settings{
	Settings: pretrain.Settings{
		Optimizer: pretrain.AdamW{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, Decay: 0.1, DecayAll: true},
		Schedule:  pretrain.Schedule{Peak: 5e-5}, Accumulate: 1, Seed: 123,
	},
	Batch: 8, Epochs: 5, Longest: 120, Constant: true,
}

// Training returns what [pretrain.NewTrainer] asks for, for a training part of
// n messages: a tenth of the steps to warm up, then a cosine down to zero,
// unless the rate is constant.
func (s Settings) Training(n int) pretrain.Settings {
	t := s.Settings
	steps := s.Epochs * (n / s.Batch) / max(s.Accumulate, 1)
	t.Schedule = pretrain.Schedule{Peak: s.Schedule.Peak, Warmup: steps / 10, Total: steps}
	if s.Constant {
		t.Schedule = pretrain.Constant(s.Schedule.Peak, steps)
	}
	return t
}

// Epoch returns the examples as training data, in shuffled batches of size.
func (x Examples) Epoch(size int) pretrain.Epoch {
	return func(rng *rand.Rand) iter.Seq[embeddings.Batch] {
		return x.Batches(size, rng)
	}
}
