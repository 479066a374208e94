package steps_test

import (
	"math/rand/v2"
	"testing"

	"github.com/llm-from-scratch/llm/branches/steps"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// BenchmarkStep is a step of training at the sizes of the recorded runs.
func BenchmarkStep(b *testing.B) {
	const B, T = 8, 128
	sizes := gpt.Config{Vocab: 1024, Context: T, Width: 128, Heads: 4, Layers: 4, QKVBias: true, TiedHead: true}
	batch := embeddings.Batch{B: B, T: T}
	rng := rand.New(rand.NewPCG(1, 1))
	for range B * T {
		batch.Inputs, batch.Targets = append(batch.Inputs, rng.IntN(sizes.Vocab)), append(batch.Targets, rng.IntN(sizes.Vocab))
	}
	for _, name := range steps.Names {
		b.Run(name, func(b *testing.B) {
			c, _ := steps.Named(name, sizes)
			m := steps.New(c)
			m.Init(rng)
			l := pretrain.NewLanguageModel(m, nil, B, T)
			o := pretrain.NewOptimizer(pretrain.DefaultAdamW, l.Params(), l.Grads())
			for b.Loop() {
				l.Learn(batch, 1, nil)
				o.Step(1e-3, 1)
			}
		})
	}
}
