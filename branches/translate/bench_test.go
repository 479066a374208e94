package translate_test

import (
	"math/rand/v2"
	"testing"

	"github.com/llm-from-scratch/llm/branches/translate"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// benchmarked is the model of the book's translator.
func benchmarked() *translate.Model {
	c := translate.Default
	c.Vocab = 541
	m := translate.New(c)
	m.Init(rand.New(rand.NewPCG(1, 1)))
	return m
}

func random(n int, rng *rand.Rand) (ids []int) {
	for range n {
		ids = append(ids, translate.End+1+rng.IntN(500))
	}
	return ids
}

// BenchmarkTrainStep is a step on 36 pairs of 14 and 14 ids.
func BenchmarkTrainStep(b *testing.B) {
	m, rng := benchmarked(), rand.New(rand.NewPCG(2, 2))
	batch := embeddings.Batch{B: 36, T: 14, Inputs: random(36*14, rng), Targets: random(36*14, rng)}
	l := translate.NewLearner(m, 36*14, .1)
	o := pretrain.NewOptimizer(pretrain.AdamW{Beta1: .9, Beta2: .98, Epsilon: 1e-9}, l.Params(), l.Grads())
	step := func() {
		l.Learn(batch, 1, nil)
		o.Step(1e-4, pretrain.ClipScale(pretrain.GradNorm(l.Grads()), 1))
	}
	step()
	for b.Loop() {
		step()
	}
	b.ReportMetric(float64(36*28*b.N)/b.Elapsed().Seconds(), "tok/s")
}

// BenchmarkGreedy translates 64 sentences of 14 ids into texts of as many, side by side
// or one after another.
func BenchmarkGreedy(b *testing.B) {
	m, rng := benchmarked(), rand.New(rand.NewPCG(2, 2))
	var sources [][]int
	for range 64 {
		sources = append(sources, random(14, rng))
	}
	for name, at := range map[string]int{"64": 64, "1": 1} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				for i := 0; i < 64; i += at {
					greedy(m, sources[i:i+at], 14)
				}
			}
			b.ReportMetric(float64(64*b.N)/b.Elapsed().Seconds(), "texts/s")
		})
	}
}
