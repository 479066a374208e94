package prompts

import (
	"context"
	"iter"
	"math/rand/v2"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// Copies are the sequences that the page's small model is trained on.
var Copies = Repeats{Vocab: 64, Shortest: 8, Longest: 24, T: 64}

// Copier is a GPT with so many layers of two heads, for [Copies].
func Copier(layers int) gpt.Config {
	return gpt.Config{Vocab: Copies.Vocab, Context: Copies.T, Width: 64, Heads: 2, Layers: layers, QKVBias: true}
}

// Learn trains m by chapter 5's loop, and yields how well it repeats before the first
// step, whenever so many steps are done, and after the last, or until ctx is cancelled.
func (r Repeats) Learn(ctx context.Context, m *gpt.Model, steps, every int, seed uint64) iter.Seq2[int, Progress] {
	const B, epoch, exam = 32, 100, 64
	s := pretrain.Settings{Optimizer: pretrain.DefaultAdamW, Schedule: pretrain.Constant(1e-3, steps), Clip: 1, Seed: seed}
	trainer := pretrain.NewTrainer(pretrain.NewLanguageModel(m, nil, B, r.T), r.Epoch(epoch, B), s)
	examine := func() Progress { return r.Examine(m, exam, rand.New(rand.NewPCG(seed, 3))) }
	return func(yield func(int, Progress) bool) {
		if !yield(0, examine()) {
			return
		}
		for step := range trainer.Steps(ctx) {
			if (step.N%every == 0 || step.N == steps) && !yield(step.N, examine()) {
				return
			}
		}
	}
}
