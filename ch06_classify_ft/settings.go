package classify

import (
	"iter"
	"math/rand/v2"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// Settings are the choices of a fine-tuning run.
type Settings struct {
	Batch      int     // messages that go through the model at once
	Accumulate int     // batches whose gradients make one step; 0 means 1
	Epochs     int     // passes over the training part
	Longest    int     // ids read of a message, at most the model's context
	Rate       float64 // peak of the learning rate
	Constant   bool    // the rate is always at its peak
	Optimizer  pretrain.AdamW
	Clip       float64 // the longest gradient, 0 for any
	Dropout    float32 // share of values to forget,
	Seed       uint64
}

// DefaultSettings suit the small models of this book, all of whose layers train.
var DefaultSettings = Settings{
	Batch: 8, Epochs: 5, Longest: 120, Rate: 5e-4,
	Optimizer: pretrain.DefaultAdamW, Clip: 1, Dropout: 0.1, Seed: 1,
}

// PublishedSettings are those that Raschka's Build a Large Language Model (From
// Scratch) trains the last block of the smallest GPT-2 with. The optimiser is
// PyTorch's, which forgets squares more slowly and lets all weights decay.
var PublishedSettings = Settings{
	Batch: 8, Epochs: 5, Longest: 120, Rate: 5e-5, Constant: true,
	Optimizer: pretrain.AdamW{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, Decay: 0.1, DecayAll: true},
	Seed:      123,
}

// Training returns what [pretrain.NewTrainer] asks for, for a training part of
// n messages: a tenth of the steps to warm up, then a cosine down to nothing,
// unless the rate is constant.
func (s Settings) Training(n int) pretrain.Settings {
	steps := s.Epochs * (n / s.Batch) / max(s.Accumulate, 1)
	schedule := pretrain.Schedule{Peak: s.Rate, Warmup: steps / 10, Total: steps}
	if s.Constant {
		schedule = pretrain.Constant(s.Rate, steps)
	}
	return pretrain.Settings{
		Optimizer: s.Optimizer, Schedule: schedule, Clip: s.Clip,
		Accumulate: s.Accumulate, Dropout: s.Dropout, Seed: s.Seed,
	}
}

// Epoch returns the examples as training data, in shuffled batches of size.
func (x Examples) Epoch(size int) pretrain.Epoch {
	return func(rng *rand.Rand) iter.Seq[embeddings.Batch] {
		return x.Batches(size, rng)
	}
}
