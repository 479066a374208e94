package prompts_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/chat"
	"github.com/llm-from-scratch/llm/branches/llama"
	"github.com/llm-from-scratch/llm/branches/prompts"
	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	classify "github.com/llm-from-scratch/llm/ch06_classify_ft"
	"github.com/llm-from-scratch/llm/internal/gguf"
	"github.com/llm-from-scratch/llm/internal/golden"
)

// newton is as large as the model of chapter 5's default run, with a longer context. How
// long it takes does not depend on its weights.
func newton(b *testing.B, texts []string) (*gpt.Model, *tokens.BPE) {
	bpe, err := tokens.TrainBPE(strings.Join(texts, "\n"), 1024)
	require.NoError(b, err)
	m := gpt.New(gpt.Config{Vocab: 1024, Context: 1024, Width: 128, Heads: 4, Layers: 4, QKVBias: true, TiedHead: true})
	m.Init(rand.New(rand.NewPCG(1, 0)))
	return m, bpe
}

// smol is SmolLM2, where LLMBOOK_MODELS names its folder.
func smol(b *testing.B) (*llama.Model, *chat.Tokenizer) {
	f, err := gguf.Open(golden.Model(b, "smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"))
	require.NoError(b, err)
	defer f.Close()
	said, err := f.Tokenizer()
	require.NoError(b, err)
	t, err := chat.FromGGUF(said)
	require.NoError(b, err)
	m, err := llama.LoadGGUF(f)
	require.NoError(b, err)
	return m, t
}

// invented are messages to draw examples from, and n others.
func invented(n int) (pool, exam []prompts.Example, texts []string) {
	for i, m := range classify.Practice(n+100, rand.New(rand.NewPCG(1, 10))) {
		e := prompts.Example{Input: m.Text, Answer: classify.Classes[m.Label()]}
		if i < 100 {
			pool = append(pool, e)
		} else {
			exam = append(exam, e)
		}
		texts = append(texts, m.Text)
	}
	return pool, exam, texts
}

// BenchmarkShare sorts messages after 16 examples, which are read once or, alone, for
// each message: a thousand with a small model, and eight with SmolLM2.
func BenchmarkShare(b *testing.B) {
	for _, model := range []struct {
		name string
		n    int
		open func(texts []string) (gpt.Decoder, prompts.Tokenizer)
	}{
		{"newton", 1000, func(texts []string) (gpt.Decoder, prompts.Tokenizer) {
			m, bpe := newton(b, texts)
			return m, prompts.Plain{BPE: bpe}
		}},
		{"smollm2", 8, func([]string) (gpt.Decoder, prompts.Tokenizer) { return smol(b) }},
	} {
		for _, share := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/%d/shared=%v", model.name, model.n, share), func(b *testing.B) {
				pool, exam, texts := invented(model.n)
				m, t := model.open(texts)
				task := task(b, "Say of each message whether it is spam or ham.", "Message: {input}\nLabel: ", nil)
				shots := prompts.Balanced(pool, 16, rand.New(rand.NewPCG(1, 0)))
				a := prompts.NewAsker(m, t)
				for b.Loop() {
					for _, e := range exam {
						p, beginning, err := task.Prompt(shots, e.Input)
						if err == nil && share {
							err = a.Share(beginning)
						}
						if err == nil {
							_, err = a.Scores(p, classify.Classes[:])
						}
						require.NoError(b, err)
					}
				}
				b.ReportMetric(float64(a.Read())/float64(b.N*len(exam)), "tokens/message")
				b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N*len(exam)), "ms/message")
			})
		}
	}
}

// BenchmarkFilter is chapter 6's filter, on real messages.
func BenchmarkFilter(b *testing.B) {
	_, exam, texts := invented(200)
	f, err := os.Open(golden.Data(b, "sms-spam-collection.tsv"))
	require.NoError(b, err)
	defer f.Close()
	messages, err := classify.ReadMessages(f)
	require.NoError(b, err)
	for i := range exam {
		exam[i].Input = messages[i].Text
	}
	m, bpe := newton(b, texts)
	filter := &classify.Filter{Classifier: classify.New(m, rand.New(rand.NewPCG(1, 12))), Tokenizer: bpe, Longest: 120}
	ids := 0
	for _, e := range exam {
		ids += min(120, len(bpe.Encode(e.Input)))
	}
	for b.Loop() {
		for _, e := range exam {
			filter.Classify(e.Input)
		}
	}
	b.ReportMetric(float64(ids)/float64(len(exam)), "tokens/message")
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(exam))/1000, "ms/message")
}
