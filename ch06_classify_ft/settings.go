package classify

import (
	"iter"
	"math/rand/v2"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// Settings are the choices of a fine-tuning run.
type Settings struct {
	Batch   int     // messages in a step
	Epochs  int     // passes over the training part
	Longest int     // ids read of a message, at most the model's context
	Rate    float64 // peak of the learning rate
	Dropout float32 // share of values to forget, for gpt.Model.WithDropout
	Seed    uint64
}

// DefaultSettings suit the small models of this book, all of whose layers train.
var DefaultSettings = Settings{
	Batch: 8, Epochs: 5, Longest: 120, Rate: 5e-4, Dropout: 0.1, Seed: 1,
}

// Training returns what [pretrain.NewTrainer] asks for, for a training part of
// n messages: a tenth of the steps to warm up, then a cosine down to nothing.
func (s Settings) Training(n int) pretrain.Settings {
	steps := s.Epochs * (n / s.Batch)
	return pretrain.Settings{
		Optimizer: pretrain.DefaultAdamW,
		Schedule:  pretrain.Schedule{Peak: s.Rate, Warmup: steps / 10, Total: steps},
		Clip:      1,
		Seed:      s.Seed,
	}
}

// Epoch returns the examples as training data, in shuffled batches of size.
func (x Examples) Epoch(size int) pretrain.Epoch {
	return func(rng *rand.Rand) iter.Seq[embeddings.Batch] {
		return x.Batches(size, rng)
	}
}
