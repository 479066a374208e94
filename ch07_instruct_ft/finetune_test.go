package instruct_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
	"github.com/llm-from-scratch/llm/internal/f32"
)

func smallModel(vocab int) *gpt.Model {
	m := gpt.New(gpt.Config{Vocab: vocab, Context: 32, Width: 8, Heads: 2, Layers: 1, QKVBias: true, TiedHead: true})
	m.Init(rand.New(rand.NewPCG(5, 6)))
	return m
}

// Padding and masked prompts leave no trace in the gradient: the batch of a
// short and a long entry has the gradient of both alone, weighted by how many
// targets each has.
func TestIgnoredTargetsLeaveNoGradient(t *testing.T) {
	m := smallModel(20)
	short := instruct.Example{IDs: []int{1, 2, 3, 4}, Asked: 2}           // targets 3 4 end
	long := instruct.Example{IDs: []int{5, 6, 7, 8, 9, 10, 11}, Asked: 6} // targets 11 end
	gradient := func(rows ...instruct.Example) []gpt.Param {
		lm := pretrain.NewLanguageModel(m, nil, 2, 7)
		var b embeddings.Batch
		instruct.Collator{EndOfText: 19, MaskPrompt: true}.Collate(&b, rows)
		lm.Learn(b, 1, nil)
		return lm.Grads()
	}
	together, a, b := gradient(short, long), gradient(short), gradient(long)
	for i, g := range together {
		for j := range g.Data {
			want := 3./5*a[i].Data[j] + 2./5*b[i].Data[j]
			require.InDelta(t, want, g.Data[j], 1e-6, "%s[%d]", g.Name, j)
		}
	}
}

// Bonus 04 of the published book: preference tuning (DPO) begins at a loss of
// ln 2 and margins of 0, because the model it tunes begins as its own reference.
// Its loss is the cross-entropy of two logits: β times how much likelier than
// the reference the model finds the chosen answer, and the rejected one.
func TestPublishedPreferenceLossBeginsAtLn2(t *testing.T) {
	const beta = .1
	policy, reference := smallModel(20), smallModel(20)
	logProbability := func(m *gpt.Model, answer instruct.Example) float64 {
		var b embeddings.Batch
		instruct.Collator{EndOfText: 19, MaskPrompt: true}.Collate(&b, []instruct.Example{answer})
		return -pretrain.NewLanguageModel(m, nil, 1, 7).Loss(b) * float64(len(answer.IDs)-answer.Asked+1)
	}
	loss := func() float64 {
		chosen, rejected := instruct.Example{IDs: []int{1, 2, 3, 4}, Asked: 2}, instruct.Example{IDs: []int{1, 2, 9}, Asked: 2}
		logits := f32.New(1, 2)
		for i, answer := range []instruct.Example{chosen, rejected} {
			logits.Data[i] = float32(beta * (logProbability(policy, answer) - logProbability(reference, answer)))
		}
		return pretrain.CrossEntropy(logits, []int{0})
	}
	require.InDelta(t, .6931471824645996, loss(), 1e-7)
	for i := range policy.Embedding.Tokens.Data {
		policy.Embedding.Tokens.Data[i] *= 30
	}
	require.Greater(t, math.Abs(loss()-math.Ln2), 1e-2, "another model must have another loss")
}

func TestTunerCountsItsSteps(t *testing.T) {
	bpe := tokenizer()
	m := gpt.New(gpt.Config{Vocab: bpe.Vocab(), Context: 64, Width: 8, Heads: 2, Layers: 1, TiedHead: true})
	m.Init(rand.New(rand.NewPCG(5, 6)))
	long := instruct.Entry{Instruction: strings.Repeat("x ", 100), Output: "x"}
	entries := append(slices.Repeat(lessons, 3)[:10], long, long, long)
	s := instruct.DefaultSettings
	s.Epochs, s.Batch, s.Schedule.Peak = 2, 4, 1e-3
	u, err := instruct.NewTuner(m, bpe, entries, entries, s)
	require.NoError(t, err)
	assert.Equal(t, 6, u.Total, "three batches an epoch, the last smaller: the long entries are left out")
	before, _ := u.Loss(0)
	n := 0
	for step := range u.Steps(t.Context()) {
		n++
		assert.Equal(t, n, step.N)
	}
	assert.Equal(t, u.Total, n)
	after, _ := u.Loss(0)
	assert.Less(t, after, before)

	s.Accumulate = 2
	u, err = instruct.NewTuner(m, bpe, entries, entries, s)
	require.NoError(t, err)
	assert.Equal(t, 3, u.Total, "two batches a step")
}

func TestTunerWithoutFittingEntries(t *testing.T) {
	bpe := tokenizer()
	_, err := instruct.NewTuner(smallModel(bpe.Vocab()), bpe, practice(1)[:9], nil, instruct.DefaultSettings)
	assert.ErrorContains(t, err, "none of the 9 entries fits in the model's context of 32 tokens")
}

func TestTunerMisuse(t *testing.T) {
	bpe := tokenizer()
	assert.PanicsWithValue(t, "instruct: epochs or batch size below 1", func() {
		instruct.NewTuner(smallModel(bpe.Vocab()), bpe, lessons, nil, instruct.Settings{Epochs: 1})
	})
}

func TestTunerIsFixedByItsSeed(t *testing.T) {
	losses := func(seed uint64) (all []float64) {
		bpe := tokenizer()
		m := gpt.New(gpt.Config{Vocab: bpe.Vocab(), Context: 64, Width: 8, Heads: 2, Layers: 1, TiedHead: true})
		m.Init(rand.New(rand.NewPCG(5, 6)))
		s := instruct.DefaultSettings
		s.Epochs, s.Batch, s.Schedule.Peak, s.Seed = 3, 1, 1e-2, seed
		u, err := instruct.NewTuner(m, bpe, lessons, nil, s)
		require.NoError(t, err)
		for step := range u.Steps(t.Context()) {
			all = append(all, step.Loss)
		}
		return all
	}
	assert.Equal(t, losses(1), losses(1))
	assert.NotEqual(t, losses(1), losses(2), "another order of the entries")
}

// The losses of the first batches watched, and that a longer entry is watched
// than any to learn from.
func TestTunerWatches(t *testing.T) {
	bpe := tokenizer()
	m := gpt.New(gpt.Config{Vocab: bpe.Vocab(), Context: 64, Width: 8, Heads: 2, Layers: 1, TiedHead: true})
	m.Init(rand.New(rand.NewPCG(5, 6)))
	s := instruct.DefaultSettings
	s.Batch = 1
	longer := lessons[0]
	longer.Output += " and so on"
	loss := func(most int, watch ...instruct.Entry) float64 {
		u, err := instruct.NewTuner(m, bpe, lessons, watch, s)
		require.NoError(t, err)
		loss, batches := u.Loss(most)
		assert.Equal(t, batches == 0, math.IsNaN(loss))
		return loss
	}
	a, b := loss(0, longer), loss(0, lessons[1])
	require.NotEqual(t, a, b)
	assert.InDelta(t, (a+b)/2, loss(0, longer, lessons[1]), 1e-6)
	assert.InDelta(t, a, loss(1, longer, lessons[1]), 1e-6)
	assert.True(t, math.IsNaN(loss(0)), "the mean of nothing is not zero")
}

// The published settings keep the rate and step with it.
func TestConstantRate(t *testing.T) {
	bpe := tokenizer()
	for _, constant := range []bool{false, true} {
		m := gpt.New(gpt.Config{Vocab: bpe.Vocab(), Context: 64, Width: 8, Heads: 2, Layers: 1, TiedHead: true})
		s := instruct.PublishedSettings
		s.Constant, s.Batch, s.Epochs = constant, 1, 10
		u, err := instruct.NewTuner(m, bpe, lessons, nil, s)
		require.NoError(t, err)
		same := true
		for step := range u.Steps(t.Context()) {
			same = same && step.Rate == 5e-5
		}
		assert.Equal(t, constant, same)
	}
}
