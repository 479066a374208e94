package instruct_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
)

// BenchmarkRespond answers with a model of the size that `llm pretrain` makes:
// a prompt of some seventy tokens, then twenty.
func BenchmarkRespond(b *testing.B) {
	bpe := tokenizer()
	m := gpt.New(gpt.Config{Vocab: bpe.Vocab(), Context: 128, Width: 192, Heads: 6, Layers: 4, QKVBias: true, TiedHead: true})
	m.Init(rand.New(rand.NewPCG(1, 2)))
	a := instruct.New(m, bpe)
	b.ReportAllocs()
	for b.Loop() {
		for _, err := range a.Respond(b.Context(), lessons[0].Instruction, lessons[0].Input, instruct.Options{MaxTokens: 20}) {
			require.NoError(b, err)
		}
	}
}

func BenchmarkCollate(b *testing.B) {
	items := instruct.EncodeAll(tokenizer(), practice(1)[:16], 1024)
	c := instruct.Collator{EndOfText: 0, MaskPrompt: true}
	var batch embeddings.Batch
	b.ReportAllocs()
	for b.Loop() {
		c.Collate(&batch, items)
	}
}

func BenchmarkTunerStep(b *testing.B) {
	bpe := tokenizer()
	m := gpt.New(gpt.Config{Vocab: bpe.Vocab(), Context: 128, Width: 192, Heads: 6, Layers: 4, QKVBias: true, TiedHead: true})
	m.Init(rand.New(rand.NewPCG(1, 2)))
	s := instruct.DefaultSettings
	s.Epochs = 1 << 20
	u, err := instruct.NewTuner(m, bpe, practice(1), nil, s)
	require.NoError(b, err)
	n := 0
	for step := range u.Steps(b.Context()) {
		n += step.Tokens
		if !b.Loop() {
			break
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "tokens/s")
}
