package lora

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	classify "github.com/llm-from-scratch/llm/ch06_classify_ft"
	"github.com/llm-from-scratch/llm/internal/allocs"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/gradcheck"
)

var tiny = gpt.Config{Vocab: 257, Context: 64, Width: 16, Heads: 2, Layers: 2, QKVBias: true, TiedHead: true}

func seeded(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 6)) }

// randomize makes all weights large enough to matter.
func randomize(params []gpt.Param, seed uint64) {
	rng := seeded(seed)
	for _, p := range params {
		for i := range p.Data {
			p.Data[i] = float32(0.3 * rng.NormFloat64())
			if strings.Contains(p.Name, "ln_") && strings.HasSuffix(p.Name, ".weight") {
				p.Data[i]++
			}
		}
	}
}

// classifier returns a random classifier, and examples for it.
func classifier(t *testing.T, n int) (*classify.Classifier, classify.Examples) {
	c := classify.New(gpt.New(tiny), seeded(1))
	randomize(c.Params(), 1)
	bytes, err := tokens.TrainBPE("", tiny.Vocab)
	require.NoError(t, err)
	return c, classify.NewExamples(classify.Practice(n, seeded(5)), bytes, tiny.Context, 0)
}

// learner returns changes of a random classifier, and a batch for them.
func learner(t *testing.T, r int, alpha float32) (*classify.Classifier, *LoRA, embeddings.Batch) {
	c, x := classifier(t, 4)
	for b := range x.Batches(4, nil) {
		return c, New(classify.NewLearner(c, Changes, b.B, b.T), r, alpha, seeded(2)), b
	}
	panic("no batch")
}

// awake gives every B some values, as if training had begun.
func awake(l *LoRA) *LoRA {
	rng := seeded(3)
	for _, a := range l.adapters {
		for i := range a.change.B.Data {
			a.change.B.Data[i] = float32(0.2 * rng.NormFloat64())
		}
	}
	return l
}

func snapshot(params []gpt.Param) map[string][]float32 {
	m := map[string][]float32{}
	for _, p := range params {
		m[p.Name] = slices.Clone(p.Data)
	}
	return m
}

// checkGradients compares the gradient of every change with the slope of the loss.
func checkGradients(t *testing.T, l *LoRA, b embeddings.Batch) {
	l.Learn(b, 1, nil)
	for i, p := range l.Params() {
		g := l.Grads()[i]
		require.Equal(t, p.Name, g.Name)
		gradcheck.Check(t, p.Name, p.Data, g.Data, func() float64 { return l.Loss(b) }, 2e-3)
	}
}

func TestGradients(t *testing.T) {
	_, l, b := learner(t, 3, 6)
	require.Len(t, l.adapters, 6*tiny.Layers+1)
	checkGradients(t, awake(l), b)
}

// A language model changes in the same way; its head and its embedding do not.
func TestLanguageModel(t *testing.T) {
	m := gpt.New(tiny)
	randomize(m.Params(), 1)
	before := snapshot(m.Params())
	b := embeddings.Batch{B: 1, T: 5, Inputs: []int{1, 2, 3, 4, 5}, Targets: []int{2, 3, 4, 5, 6}}
	l := New(pretrain.NewLanguageModel(m, Changes, b.B, b.T), 3, 6, seeded(2))
	require.Len(t, l.adapters, 6*tiny.Layers)
	checkGradients(t, awake(l), b)
	for _, p := range m.Params() {
		require.Equal(t, Changes(p.Name), !slices.Equal(before[p.Name], p.Data), p.Name)
	}
}

// As long as B is zero nothing has changed, and only B has a gradient.
func TestStartsAsNothing(t *testing.T) {
	c, l, b := learner(t, 4, 4)
	before, loss := snapshot(c.Params()), classify.NewLearner(c, classify.HeadOnly, b.B, b.T).Loss(b)
	require.Equal(t, loss, l.Loss(b))
	require.Equal(t, before, snapshot(c.Params()))
	l.Learn(b, 1, nil)
	for _, a := range l.adapters {
		require.Zero(t, f32.SquaredNorm(a.grad.A.Data), a.name)
		require.NotZero(t, f32.SquaredNorm(a.grad.B.Data), a.name)
	}
}

// Two halves make a whole.
func TestLearnAccumulates(t *testing.T) {
	_, once, b := learner(t, 2, 2)
	_, halves, _ := learner(t, 2, 2)
	awake(once)
	awake(halves)
	loss := once.Learn(b, 1, nil)
	require.InDelta(t, loss, once.Loss(b), 1e-6)
	for range 2 {
		require.Equal(t, loss, halves.Learn(b, 0.5, nil))
	}
	for i, g := range once.Grads() {
		require.InDeltaSlice(t, g.Data, halves.Grads()[i].Data, 1e-5, g.Name)
	}
}

func TestAllocationOfAStep(t *testing.T) {
	_, l, b := learner(t, 2, 2)
	l.Learn(b, 1, nil)
	require.Less(t, allocs.Bytes(func() { l.Learn(b, 1, nil) }), allocs.Step)
}

func TestTrainsTheChangesAlone(t *testing.T) {
	c, x := classifier(t, 20)
	before := snapshot(c.Params())
	l := New(classify.NewLearner(c, Changes, 8, tiny.Context), 2, 2, seeded(2))
	start := snapshot(l.Params())
	trainer := pretrain.NewTrainer(l, x.Epoch(8), pretrain.Settings{
		Optimizer: pretrain.DefaultAdamW, Schedule: pretrain.Constant(1e-3, 3), Clip: 1, Seed: 3,
	})
	for range trainer.Steps(context.Background()) {
	}
	l.Merge()
	for _, p := range l.Params() {
		require.NotEqual(t, start[p.Name], p.Data, p.Name)
	}
	for _, p := range c.Params() {
		require.Equal(t, Changes(p.Name), !slices.Equal(before[p.Name], p.Data), p.Name)
	}
	merged := snapshot(c.Params())
	l.Merge()
	require.Equal(t, merged, snapshot(c.Params()), "merging again changes nothing")
}

func TestParamCount(t *testing.T) {
	for _, r := range []int{1, 4, 16} {
		_, l, _ := learner(t, r, 1)
		total := 0
		for _, p := range l.Params() {
			total += len(p.Data)
		}
		require.Equal(t, total, ParamCount(tiny, r, len(classify.Classes)))
	}
	// What chapter 6 says of the model that llm pretrain makes.
	newton := gpt.Config{Vocab: 1024, Context: 128, Width: 128, Heads: 4, Layers: 4, QKVBias: true, TiedHead: true}
	require.Equal(t, 149_536, ParamCount(newton, 16, len(classify.Classes)))

	// The published counts: GPT-2 124M as a classifier, 355M as a language model.
	require.Equal(t, 2_666_528, ParamCount(gpt.GPT2Small, 16, 2))
	require.Equal(t, 7_898_384, ParamCount(gpt.GPT2Medium, 16, gpt.GPT2Medium.Vocab))
}

// Adapters that were saved go on as those that were not, and others are refused.
func TestSaveAndLoad(t *testing.T) {
	dir := t.TempDir()
	_, trained, b := learner(t, 4, 8)
	awake(trained)
	require.NoError(t, trained.Save(dir))
	_, loaded, _ := learner(t, 4, 8)
	require.NotEqual(t, trained.Loss(b), loaded.Loss(b))
	require.NoError(t, loaded.Load(dir))
	require.Equal(t, trained.Params(), loaded.Params())
	require.Equal(t, trained.Loss(b), loaded.Loss(b))
	_, other, _ := learner(t, 2, 8)
	require.ErrorContains(t, other.Load(dir), "has shape")
	require.ErrorContains(t, other.Load(t.TempDir()), adaptersFile)
}
