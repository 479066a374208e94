package llama_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/llama"
	"github.com/llm-from-scratch/llm/branches/lora"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	classify "github.com/llm-from-scratch/llm/ch06_classify_ft"
)

// What chapters 5 and 6 and the branch on adapters do with a GPT they do with this
// model, and none of it names it: the loss of one batch falls.
func TestLearns(t *testing.T) {
	rng := func() *rand.Rand { return rand.New(rand.NewPCG(1, 1)) } // the same for each, in whatever order
	adapted := func() *llama.Model {
		m := randomModel(small, 1)
		lora.Attach(m, lora.Settings{Rank: 2, Alpha: 4}, rng())
		return m
	}
	text := embeddings.Batch{B: 2, T: 4, Inputs: []int{1, 2, 3, 4, 5, 6, 7, 8}, Targets: []int{2, 3, 4, 5, 6, 7, 8, 9}}
	messages := embeddings.Batch{B: 2, T: 4, Inputs: text.Inputs, Targets: []int{-100, -100, -100, 0, -100, -100, 1, -100}}
	for name, run := range map[string]struct {
		batch embeddings.Batch
		make  func() pretrain.Learner
	}{
		"all weights": {text, func() pretrain.Learner { return pretrain.NewLanguageModel(randomModel(small, 1), nil, 2, 4) }},
		"adapters": {text, func() pretrain.Learner {
			return pretrain.NewLanguageModel(adapted(), nil, 2, 4)
		}},
		"a classifier's last block": {messages, func() pretrain.Learner {
			return classify.NewLearner(classify.New(randomModel(small, 1), rng()), classify.LastBlock(small.Layers), 2, 4)
		}},
		"a classifier's adapters": {messages, func() pretrain.Learner {
			return classify.NewLearner(classify.New(adapted(), rng()), classify.All, 2, 4)
		}},
	} {
		l := run.make()
		o, before := pretrain.NewOptimizer(pretrain.DefaultAdamW, l.Params(), l.Grads()), l.Loss(run.batch)
		for range 60 {
			l.Learn(run.batch, 1, nil)
			o.Step(3e-3, 1)
		}
		require.Less(t, l.Loss(run.batch), before/2, name)
	}
}

// Seven matrices of each block change.
func TestAdaptersOfEveryMatrix(t *testing.T) {
	n := 0
	for _, p := range small.Params() {
		if lora.Changes(p.Name) {
			n++
		}
	}
	require.Equal(t, 7*small.Layers, n)
}
