// Written over the tests of chapter 5 while the steps are measured; see the
// program in the directory above.
package pretrain_test

import (
	"math/rand/v2"
	"runtime"
	"testing"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/matmul"
)

// BenchmarkPlugged is a training step of the model that llm pretrain makes, on
// four sequences of 64 tokens, its products computed by each step in turn.
func BenchmarkPlugged(b *testing.B) {
	for _, s := range matmul.Steps {
		plugged(b, s.Name, 1, s.Step.Gemm)
	}
	plugged(b, "vectorised", 1, nil)
	plugged(b, "threaded", runtime.NumCPU(), nil)
}

func plugged(b *testing.B, name string, cores int, gemm f32.Plug) {
	b.Run(name, func(b *testing.B) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		f32.Plugged = gemm
		c := gpt.Config{Vocab: 1024, Context: 128, Width: 192, Heads: 6, Layers: 4, QKVBias: true, TiedHead: true}
		m := gpt.New(c)
		rng := rand.New(rand.NewPCG(1, 2))
		m.Init(rng)
		const B, T = 4, 64
		l := pretrain.NewLanguageModel(m, nil, B, T)
		o := pretrain.NewOptimizer(pretrain.DefaultAdamW, l.Params(), l.Grads())
		batch := embeddings.Batch{B: B, T: T, Inputs: make([]int, B*T), Targets: make([]int, B*T)}
		for i := range batch.Inputs {
			batch.Inputs[i], batch.Targets[i] = rng.IntN(c.Vocab), rng.IntN(c.Vocab)
		}
		for b.Loop() {
			l.Learn(batch, 1, nil)
			o.Step(1e-4, pretrain.ClipScale(pretrain.GradNorm(l.Grads()), 1))
		}
		b.ReportMetric(float64(b.N*B*T)/b.Elapsed().Seconds(), "tok/s")
	})
}
