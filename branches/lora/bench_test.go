package lora

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/layers"
	"github.com/llm-from-scratch/llm/branches/llama"
	quantize "github.com/llm-from-scratch/llm/branches/quantize"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// smolLM2 is SmolLM2-135M, but for its context.
var smolLM2 = llama.Config{
	Vocab: 49152, Context: 2048, Width: 576, Hidden: 1536, Layers: 30, Heads: 9, KVHeads: 3, HeadDim: 64,
	Rotary: layers.Rotary{Theta: 100000}, Epsilon: 1e-5, TiedHead: true,
}

// A step of training with changes of rank 16 at every matrix.
func BenchmarkTrainStep(b *testing.B) {
	const B, T = 4, 256
	for _, form := range []string{"float32", "int8", "merged"} {
		b.Run("SmolLM2/"+form, func(b *testing.B) {
			m := llama.New(smolLM2)
			m.Init(seeded(1))
			var l pretrain.Learner
			if form == "merged" {
				l = New(pretrain.NewLanguageModel(m, Changes, B, T), 16, 32, seeded(2))
			} else {
				if form == "int8" {
					m = quantize.Llama(m)
				}
				Attach(m, Settings{Rank: 16, Alpha: 32}, seeded(2))
				l = pretrain.NewLanguageModel(m, nil, B, T)
			}
			rng, batch := seeded(3), embeddings.Batch{B: B, T: T}
			for range B * T {
				batch.Inputs, batch.Targets = append(batch.Inputs, rng.IntN(smolLM2.Vocab)), append(batch.Targets, rng.IntN(smolLM2.Vocab))
			}
			o := pretrain.NewOptimizer(pretrain.DefaultAdamW, l.Params(), l.Grads())
			step := func() {
				require.Positive(b, l.Learn(batch, 1, nil))
				o.Step(1e-4, pretrain.ClipScale(pretrain.GradNorm(l.Grads()), 1))
			}
			step() // the first touches its memory
			for b.Loop() {
				step()
			}
			b.ReportMetric(float64(b.N*B*T)/b.Elapsed().Seconds(), "tok/s")
			if peak := peakMemory(); peak > 0 {
				b.ReportMetric(peak, "peak-MB")
			}
		})
	}
}

// peakMemory is the most memory that this process has had so far, in megabytes, or 0
// where the system does not say: one of the benchmarks' only where it runs alone.
func peakMemory() (kB float64) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	fmt.Sscanf(after, "%f", &kB)
	return kB * 1024 / 1e6
}
