package classify

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/allocs"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/footprint"
	"github.com/llm-from-scratch/llm/internal/gradcheck"
)

var tiny = gpt.Config{Vocab: 256, Context: 64, Width: 16, Heads: 2, Layers: 2, QKVBias: true, TiedHead: true}

// random returns a classifier whose weights are all large enough to matter.
func random(c gpt.Config, seed uint64) *Classifier {
	rng := seeded(seed)
	cl := New(gpt.New(c), rng)
	for _, p := range cl.Params() {
		for i := range p.Data {
			p.Data[i] = float32(0.3 * rng.NormFloat64())
		}
		if strings.Contains(p.Name, "ln_") && strings.HasSuffix(p.Name, ".weight") {
			for i := range p.Data {
				p.Data[i]++
			}
		}
	}
	return cl
}

// examples are a few messages of different lengths.
func examples() Examples {
	return NewExamples([]Message{{false, "see you at six"}, {true, "WIN cash"}, {false, "k"}, {true, "call now, free"}},
		bytesEncoder{}, 12, 0)
}

func one(t testing.TB, x Examples, size int) embeddings.Batch {
	for b := range x.Batches(size, nil) {
		return b
	}
	t.Fatal("no batch")
	panic("unreachable")
}

// checkGradients compares the gradient of every trained tensor with the slope
// of the loss.
func checkGradients(t *testing.T, l pretrain.Learner, b embeddings.Batch, tolerance float64) {
	l.Learn(b, 1, nil)
	for i, p := range l.Params() {
		g := l.Grads()[i]
		require.Equal(t, p.Name, g.Name)
		if g.Data != nil {
			gradcheck.Check(t, p.Name, p.Data, g.Data, func() float64 { return l.Loss(b) }, tolerance)
		}
	}
}

func TestClassifierGradients(t *testing.T) {
	b := one(t, examples(), 4)
	checkGradients(t, NewLearner(random(tiny, 1), All, b.B, b.T), b, 2e-3)
}

// What is trained does not depend on what else is.
func TestGradientsOfSomeLayers(t *testing.T) {
	c, b := random(tiny, 1), one(t, examples(), 4)
	all := NewLearner(c, All, b.B, b.T)
	all.Learn(b, 1, nil)
	for _, trains := range []func(string) bool{LastBlock(tiny.Layers), HeadOnly} {
		some := NewLearner(c, trains, b.B, b.T)
		some.Learn(b, 1, nil)
		for i, g := range some.Grads() {
			require.Equal(t, trains(g.Name), g.Data != nil, g.Name)
			if g.Data != nil {
				require.Equal(t, all.Grads()[i].Data, g.Data, g.Name)
			}
		}
	}
}

// Two halves make a whole.
func TestLearnAccumulates(t *testing.T) {
	b := one(t, examples(), 4)
	once, halves := NewLearner(random(tiny, 1), All, b.B, b.T), NewLearner(random(tiny, 1), All, b.B, b.T)
	loss := once.Learn(b, 1, nil)
	require.InDelta(t, loss, once.Loss(b), 1e-6)
	for range 2 {
		require.Equal(t, loss, halves.Learn(b, 0.5, nil))
	}
	for i, g := range once.Grads() {
		require.InDeltaSlice(t, g.Data, halves.Grads()[i].Data, 1e-5, g.Name)
	}
}

// scores returns the logits of every message of a batch.
func scores(c *Classifier, ids []int, T int, rows ...int) []float32 {
	return slices.Clone(c.NewPass(gpt.Frozen, len(ids)/T, T).Forward(ids, T, rows, nil).Data)
}

// What a learner takes is what the configuration promised for the model, whatever is
// frozen, and the head's share. Of the last block's hidden vectors it needs one a message.
func TestLearnerTakesWhatWasForetold(t *testing.T) {
	for name, trains := range map[string]func(string) bool{"all": All, "last": LastBlock(tiny.Layers), "head": HeadOnly} {
		memory := footprint.Of(tiny, 3, 9, false, trains)
		l := NewLearner(random(tiny, 1), trains, 3, 9)
		weights, trained := 0, 0
		for i, p := range l.Params() {
			weights += len(p.Data)
			trained += len(l.Grads()[i].Data)
		}
		head := TrainedParams(tiny, HeadOnly)
		require.Equal(t, 4*(weights-head), memory.Weights, name)
		require.Equal(t, 4*(trained-head), memory.Gradients, name)
		a := l.pass
		require.Len(t, a.dhidden.Data, 3*9*tiny.Width, name) // counted there
		require.Equal(t, []int{3 * tiny.Width, 3 * tiny.Width, 6}, []int{len(a.last.Data), len(a.dlast.Data), len(a.logits.Data)}, name)
	}
}

func TestPaddingChangesNothing(t *testing.T) {
	c := random(tiny, 1)
	message := []int{10, 20, 30}
	alone := scores(c, message, 3, 2)
	zeros := scores(c, append(slices.Clone(message), 0, 0, 0, 0), 7, 2)
	sevens := scores(c, append(slices.Clone(message), 7, 7, 7, 7), 7, 2)
	require.Equal(t, zeros, sevens)
	require.InDeltaSlice(t, alone, zeros, 1e-6)

	// Read at the padding instead, the same message gets other scores.
	atPad := scores(c, append(slices.Clone(message), 0, 0, 0, 0), 7, 6)
	require.Greater(t, math.Abs(float64(atPad[0]-alone[0])), 1e-2)
}

func TestPaddingGetsNoGradient(t *testing.T) {
	c := random(tiny, 1)
	l := NewLearner(c, All, 4, 12)
	l.Learn(one(t, NewExamples([]Message{{false, "abc"}, {true, "defghi"}}, bytesEncoder{}, 12, 200), 2), 1, nil)
	tokens := l.Grads()[0]
	wte := f32.View(tokens.Data, tokens.Shape[0], tokens.Shape[1])
	require.Zero(t, f32.SquaredNorm(f32.Row(wte, 200)), "pad")
	require.NotZero(t, f32.SquaredNorm(f32.Row(wte, 'a')))
}

// train runs some steps and returns the losses.
func train(t testing.TB, l pretrain.Learner, x Examples, rate float64, steps int) []float64 {
	trainer := pretrain.NewTrainer(l, x.Epoch(8),
		pretrain.Settings{Optimizer: pretrain.DefaultAdamW, Schedule: pretrain.Constant(rate, steps), Clip: 1, Seed: 3})
	var losses []float64
	for step := range trainer.Steps(context.Background()) {
		losses = append(losses, step.Loss)
	}
	require.Len(t, losses, steps)
	return losses
}

func practice(n int) Examples {
	return NewExamples(Practice(n, seeded(5)), bytesEncoder{}, tiny.Context, 0)
}

func snapshot(params []gpt.Param) map[string][]float32 {
	m := map[string][]float32{}
	for _, p := range params {
		m[p.Name] = slices.Clone(p.Data)
	}
	return m
}

func TestFrozenLayersStay(t *testing.T) {
	for name, trains := range map[string]func(string) bool{"head": HeadOnly, "last": LastBlock(tiny.Layers), "all": All} {
		t.Run(name, func(t *testing.T) {
			c := random(tiny, 1)
			before := snapshot(c.Params())
			train(t, NewLearner(c, trains, 8, tiny.Context), practice(20), 1e-3, 2)
			for _, p := range c.Params() {
				if trains(p.Name) {
					require.NotEqual(t, before[p.Name], p.Data, p.Name)
				} else {
					require.Equal(t, before[p.Name], p.Data, p.Name)
				}
			}
		})
	}
}

func TestLastBlock(t *testing.T) {
	trains := LastBlock(12)
	for name, want := range map[string]bool{
		"h.11.ln_1.weight": true, "h.11.mlp.c_proj.bias": true, "ln_f.bias": true, "score.weight": true, "score.bias": true,
		"h.1.ln_1.weight": false, "h.10.ln_2.bias": false, "wte.weight": false, "wpe.weight": false, "lm_head.weight": false,
	} {
		require.Equal(t, want, trains(name), name)
	}
	require.True(t, LastBlock(2)("h.1.ln_1.weight"))
	require.True(t, LastBlock(2)("model.layers.1.mlp.up_proj.weight"))
	require.True(t, LastBlock(2)("model.norm.weight"))
	require.False(t, LastBlock(2)("model.layers.11.mlp.up_proj.weight"))
}

func TestTrainedParams(t *testing.T) {
	untied := tiny
	untied.TiedHead, untied.QKVBias = false, false
	for _, c := range []gpt.Config{tiny, untied} {
		for _, trains := range []func(string) bool{HeadOnly, LastBlock(c.Layers), All} {
			want := 0
			for _, g := range New(gpt.New(c), seeded(1)).NewPass(trains, 1, 1).Grads() {
				want += len(g.Data)
			}
			require.Equal(t, want, TrainedParams(c, trains))
		}
	}
}

// The same seed gives the same bits, on one core and on more.
func TestSameSeedSameLosses(t *testing.T) {
	run := func() []float64 {
		return train(t, NewLearner(random(tiny, 1), All, 8, tiny.Context), practice(40), 1e-3, 6)
	}
	first := run()
	require.Equal(t, first, run())
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	require.Equal(t, first, run())
}

func TestAllocationOfAStep(t *testing.T) {
	b := one(t, examples(), 4)
	l := NewLearner(random(tiny, 1), All, b.B, b.T)
	l.Learn(b, 1, nil)
	require.Less(t, allocs.Bytes(func() { l.Learn(b, 1, nil) }), allocs.Step)
}

// From random weights, with no pretraining at all, a small model learns the
// practice messages far better than by chance.
func TestLearnsFromScratch(t *testing.T) {
	balanced, err := Balance(Practice(1500, seeded(5)), seeded(6))
	require.NoError(t, err)
	learn, _, hold := Split(balanced)
	m := gpt.New(tiny)
	c := New(m, seeded(7))
	m.Init(seeded(8))
	encode := func(m []Message) Examples { return NewExamples(m, bytesEncoder{}, tiny.Context, 0) }
	before := Evaluate(c, encode(hold), 32)
	train(t, NewLearner(c, All, 8, tiny.Context), encode(learn), 3e-3, 250)
	after := Evaluate(c, encode(hold), 32)
	t.Logf("accuracy %.3f before, %.3f after\n%v", before.Accuracy(), after.Accuracy(), after)
	require.Equal(t, len(hold), after.Total())
	require.InDelta(t, 0.5, before.Accuracy(), 0.2)
	require.Greater(t, after.Accuracy(), 0.85)
}

func TestLearnerMisuse(t *testing.T) {
	c := random(tiny, 1)
	l := NewLearner(c, All, 2, 4)
	require.PanicsWithValue(t, "classify: a batch needs one label a message", func() {
		l.Loss(embeddings.Batch{B: 2, T: 2, Inputs: []int{1, 2, 3, 4}, Targets: []int{pretrain.Ignore, 1, pretrain.Ignore, pretrain.Ignore}})
	})
}

func BenchmarkLearn(b *testing.B) {
	c := gpt.Config{Vocab: 1024, Context: 128, Width: 128, Heads: 4, Layers: 4, QKVBias: true, TiedHead: true}
	batch := one(b, NewExamples(Practice(8, seeded(5)), bytesEncoder{}, 64, 0), 8)
	for name, l := range map[string]pretrain.Learner{
		"head": NewLearner(random(c, 1), HeadOnly, 8, 64), "last": NewLearner(random(c, 1), LastBlock(c.Layers), 8, 64),
		"all": NewLearner(random(c, 1), All, 8, 64),
	} {
		b.Run(fmt.Sprint(name), func(b *testing.B) {
			for b.Loop() {
				l.Learn(batch, 1, nil)
			}
		})
	}
}
