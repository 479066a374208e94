package pretrain_test

import (
	"bytes"
	"context"
	"iter"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/allocs"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/footprint"
	"github.com/llm-from-scratch/llm/internal/gradcheck"
)

var small = gpt.Config{Vocab: 23, Context: 8, Width: 16, Heads: 4, Layers: 2, QKVBias: true, TiedHead: true}

func randomModel(c gpt.Config) *gpt.Model {
	m := gpt.New(c)
	m.Init(rand.New(rand.NewPCG(1, 1)))
	return m
}

// counting is a text whose next id is always one more than the last.
func counting(n, vocab int) embeddings.Windows {
	ids := make([]int, n)
	for i := range ids {
		ids[i] = i % vocab
	}
	w, err := embeddings.NewWindows(ids, 8, 8)
	if err != nil {
		panic(err)
	}
	return w
}

func epochs(w embeddings.Windows, size int) pretrain.Epoch {
	return func(rng *rand.Rand) iter.Seq[embeddings.Batch] { return w.Batches(size, rng) }
}

func settings(steps int) pretrain.Settings {
	return pretrain.Settings{
		Optimizer: pretrain.DefaultAdamW,
		Schedule:  pretrain.Schedule{Peak: 1e-2, Min: 1e-3, Warmup: 3, Total: steps},
		Clip:      1, Dropout: .1, Seed: 7,
	}
}

func newTrainer(m *gpt.Model, s pretrain.Settings) *pretrain.Trainer {
	return pretrain.NewTrainer(pretrain.NewLanguageModel(m, nil, 4, 8), epochs(counting(200, m.Config.Vocab), 4), s)
}

// losses runs t for at most n steps.
func losses(t *pretrain.Trainer, n int) (all []float64) {
	for s := range t.Steps(context.Background()) {
		if all = append(all, s.Loss); len(all) == n {
			break
		}
	}
	return all
}

func TestTrainingLearnsToCount(t *testing.T) {
	m := randomModel(small)
	all := losses(newTrainer(m, settings(150)), 150)
	require.Len(t, all, 150)
	require.InDelta(t, math.Log(float64(small.Vocab)), all[0], .1, "an untrained model should guess evenly")
	require.Less(t, all[149], .3)
	for id := range m.Greedy([]int{4, 5, 6}) {
		require.Equal(t, 7, id)
		break
	}
}

// noModel saves no weights: tests keep them.
func noModel(string) error { return nil }

// A run that was stopped, saved and resumed ends with the same bits, wherever
// the stop falls: within an epoch, at its end, and within the next.
func TestResume(t *testing.T) {
	s := settings(15)
	s.Accumulate = 2
	whole := randomModel(small)
	want := losses(newTrainer(whole, s), 15)
	for _, at := range []int{1, 3, 6, 7, 14} {
		dir := t.TempDir()
		m := randomModel(small)
		first := newTrainer(m, s)
		got := losses(first, at)
		require.NoError(t, first.Save(dir, noModel))

		resumed := newTrainer(m, s)
		require.NoError(t, resumed.Resume(dir))
		require.Equal(t, at, resumed.Done())
		got = append(got, losses(resumed, 15)...)
		require.Equal(t, want, got, "stopped after %d steps", at)
		for i, p := range whole.Params() {
			require.Equal(t, p.Data, m.Params()[i].Data, p.Name)
		}
	}
}

func TestResumeRefuses(t *testing.T) {
	s := settings(10)
	dir := t.TempDir()
	m := randomModel(small)
	trainer := newTrainer(m, s)
	losses(trainer, 4)
	require.NoError(t, trainer.Save(dir, noModel))

	t.Run("other settings", func(t *testing.T) {
		other := s
		other.Seed++
		require.ErrorContains(t, newTrainer(m, other).Resume(dir), "training.json: the run was started with other settings: seed was 7, not 8")
	})
	t.Run("other weights", func(t *testing.T) {
		require.ErrorContains(t, newTrainer(randomModel(small), s).Resume(dir), "the weights are not those of step 4")
	})
	t.Run("nothing there", func(t *testing.T) {
		require.ErrorContains(t, newTrainer(m, s).Resume(t.TempDir()), "no training run to go on with")
	})
	for _, c := range []struct{ old, new, want string }{
		{`"step": 4,`, `"step": -1,`, "step was 4, not -1"},
		{`"step": 4,`, `"step": 1099511627776,`, "step was 4, not 1099511627776"},
		{`"step": 4,`, `"step": 4, "step": 4,`, `"step"`},
		{`"batches_of_epoch": 4,`, `"batches_of_epoch": -1,`, "batches_of_epoch was 4, not -1"},
		{`"batches_of_epoch": 4,`, `"batches_of_epoch": 1099511627776,`, "batches_of_epoch was 4, not 1099511627776"},
		{`"step": 4,`, `"step": 5,`, "step was 4, not 5"},
		{`"batches_of_epoch": 4,`, `"batches_of_epoch": 3,`, "batches_of_epoch was 4, not 3"},
		{`"noise": "cGNnO`, `"noise": "AAAAA`, "training.json: "},
		{`"order_at_epoch_start": "cGNnO`, `"order_at_epoch_start": "`, "training.json: "},
		{"}\n}", "}\n} {}", "training.json: "},
	} {
		t.Run(c.new, func(t *testing.T) {
			bad := t.TempDir()
			require.NoError(t, os.CopyFS(bad, os.DirFS(dir)))
			data, err := os.ReadFile(filepath.Join(dir, "training.json"))
			require.NoError(t, err)
			require.Contains(t, string(data), c.old)
			data = bytes.Replace(data, []byte(c.old), []byte(c.new), 1)
			require.NoError(t, os.WriteFile(filepath.Join(bad, "training.json"), data, 0o644))
			require.ErrorContains(t, newTrainer(m, s).Resume(bad), c.want)
		})
	}
	t.Run("truncated averages", func(t *testing.T) {
		path := filepath.Join(dir, "optimizer.safetensors")
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, data[:len(data)-1], 0o644))
		require.ErrorContains(t, newTrainer(m, s).Resume(dir), "truncated")
	})
}

func TestCancelledContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	trainer := newTrainer(randomModel(small), settings(100))
	for s := range trainer.Steps(ctx) {
		if s.N == 3 {
			cancel()
		}
	}
	require.Equal(t, 3, trainer.Done())
}

// Two batches of two, their gradients accumulated, make the step of one of four.
func TestAccumulation(t *testing.T) {
	steps := func(size, accumulate int) *gpt.Model {
		m, s := randomModel(small), settings(4)
		s.Accumulate, s.Dropout = accumulate, 0
		l := pretrain.NewLanguageModel(m, nil, 4, 8)
		inOrder := func(*rand.Rand) iter.Seq[embeddings.Batch] { return counting(200, small.Vocab).Batches(size, nil) }
		losses(pretrain.NewTrainer(l, inOrder, s), 4)
		return m
	}
	one, two := steps(4, 1), steps(2, 2)
	for i, p := range one.Params() {
		if p.Name[2:] == ".attn.c_attn.bias" {
			continue // its key part moves with rounding noise, see golden_test.go
		}
		for j, w := range p.Data {
			require.InDelta(t, w, two.Params()[i].Data[j], 2e-3, "%s[%d]", p.Name, j)
		}
	}
}

func TestLossesDoNotDependOnCores(t *testing.T) {
	c := gpt.Config{Vocab: 300, Context: 8, Width: 64, Heads: 4, Layers: 2, TiedHead: true}
	var all [2][]float64
	for i := range all {
		before := runtime.GOMAXPROCS(i + 1)
		all[i] = losses(newTrainer(randomModel(c), settings(5)), 5)
		runtime.GOMAXPROCS(before)
	}
	require.Equal(t, all[0], all[1])
}

func TestAllocationOfAStep(t *testing.T) {
	m := randomModel(small)
	l := pretrain.NewLanguageModel(m, nil, 4, 8)
	o := pretrain.NewOptimizer(pretrain.DefaultAdamW, l.Params(), l.Grads())
	drop := attention.NewDropout(.1, rand.NewPCG(1, 1))
	for b := range counting(200, small.Vocab).Batches(4, nil) {
		require.Less(t, allocs.Bytes(func() {
			l.Learn(b, 1, drop)
			o.Step(1e-3, pretrain.ClipScale(pretrain.GradNorm(l.Grads()), 1))
		}), allocs.Step)
		break
	}
}

func TestFrozenParametersStay(t *testing.T) {
	m := randomModel(small)
	before := slices.Clone(m.Embedding.Tokens.Data)
	head := func(name string) bool { return name == "h.1.mlp.c_fc.weight" }
	l := pretrain.NewLanguageModel(m, head, 4, 8)
	losses(pretrain.NewTrainer(l, epochs(counting(200, small.Vocab), 4), settings(3)), 3)
	require.Equal(t, before, m.Embedding.Tokens.Data)
	require.NotEqual(t, randomModel(small).Blocks[1].MLP.Fc.W.Data, m.Blocks[1].MLP.Fc.W.Data)
	require.Equal(t, randomModel(small).Blocks[0].MLP.Fc.W.Data, m.Blocks[0].MLP.Fc.W.Data)
}

func TestEvaluate(t *testing.T) {
	l := pretrain.NewLanguageModel(randomModel(small), nil, 4, 8)
	w := counting(200, small.Vocab)
	var each []float64
	for b := range w.Batches(4, nil) {
		each = append(each, l.Loss(b))
	}
	require.Greater(t, len(each), 2)
	loss, n := pretrain.Evaluate(l, w.Batches(4, nil), 2)
	require.InDelta(t, (each[0]+each[1])/2, loss, 1e-12)
	require.Equal(t, 2, n)
	var sum float64
	for _, loss := range each {
		sum += loss
	}
	loss, n = pretrain.Evaluate(l, w.Batches(4, nil), 0)
	require.InDelta(t, sum/float64(len(each)), loss, 1e-12)
	require.Equal(t, len(each), n)

	loss, n = pretrain.Evaluate(l, func(func(embeddings.Batch) bool) {}, 0)
	require.True(t, math.IsNaN(loss), "the mean of nothing is not zero")
	require.Zero(t, n)
}

func TestCrossEntropyGradient(t *testing.T) {
	logits, grad := f32.New(5, 7), f32.New(5, 7)
	gradcheck.Fill(logits.Data, rand.New(rand.NewPCG(2, 2)), 2)
	targets := []int{3, pretrain.Ignore, 0, 6, 2}
	copy(grad.Data, logits.Data)
	pretrain.CrossEntropyBackward(grad, targets, 1)
	gradcheck.Check(t, "dlogits", logits.Data, grad.Data, func() float64 { return pretrain.CrossEntropy(logits, targets) }, 1e-4)
	require.Equal(t, make([]float32, 7), f32.Row(grad, 1))
}

func TestCrossEntropyOfNothing(t *testing.T) {
	logits := f32.New(2, 3)
	none := []int{pretrain.Ignore, pretrain.Ignore}
	require.True(t, math.IsNaN(pretrain.CrossEntropy(logits, none)))
	require.True(t, math.IsNaN(pretrain.CrossEntropyBackward(logits, none, 1)))
	require.Equal(t, make([]float32, 6), logits.Data, "its gradient is zero all the same")
	require.Panics(t, func() { pretrain.CrossEntropy(logits, []int{0, 3}) })
	require.Panics(t, func() { pretrain.CrossEntropy(logits, []int{0}) })
}

// A cut that would go through the special token goes behind it.
func TestSplitTextKeepsEndOfTextWhole(t *testing.T) {
	text := strings.Repeat("a", 10) + tokens.EndOfText + strings.Repeat("é", 10)
	for at := range utf8.RuneCountInString(text) + 1 {
		train, validation := pretrain.SplitText(text, (float64(at)+0.5)/float64(utf8.RuneCountInString(text)))
		want := at
		if at > 10 && at < 23 {
			want = 23
		}
		require.Equal(t, text, train+validation)
		require.Equal(t, min(want, 33), utf8.RuneCountInString(train))
	}
}

func TestSplitTextKeepsCharactersWhole(t *testing.T) {
	train, validation := pretrain.SplitText("语言模型", .5)
	require.Equal(t, "语言", train)
	require.Equal(t, "模型", validation)
}

// wordsLogits are the published book's, for nine words.
var wordsLogits = []float32{4.51, .89, -1.90, 6.75, 1.63, -1.62, -1.89, 6.28, 1.79}

func TestSampler(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	require.Equal(t, 3, pretrain.Sampler{}.Next(nil)(wordsLogits, nil))
	require.Equal(t, 3, pretrain.Sampler{Temperature: 1, TopK: 1}.Next(rng)(wordsLogits, nil))
	require.Equal(t, 3, pretrain.Sampler{Temperature: 1e-6}.Next(rng)(wordsLogits, nil), "nearly zero must not be NaN")

	ids, p := pretrain.Sampler{Temperature: 1, TopP: .9}.Candidates(wordsLogits)
	require.Equal(t, []int{3, 7}, ids) // .572 alone is too little, .572+.358 is enough
	require.InDelta(t, 1, p[0]+p[1], 1e-6)

	counts, want := make([]float64, len(wordsLogits)), make([]float64, len(wordsLogits))
	const n = 20000
	for range n {
		counts[pretrain.Sampler{Temperature: 1}.Next(rng)(wordsLogits, nil)] += 1. / n
	}
	ids, p = pretrain.Sampler{Temperature: 1}.Candidates(wordsLogits)
	for i, id := range ids {
		want[id] = float64(p[i])
	}
	require.InDeltaSlice(t, want, counts, .015)
}

func TestGenerateIsRepeatable(t *testing.T) {
	m := randomModel(small)
	write := func(seed uint64) (ids []int) {
		for id := range pretrain.Generate(m, []int{1, 2}, pretrain.Sampler{Temperature: 1}, rand.New(rand.NewPCG(seed, 0))) {
			if ids = append(ids, id); len(ids) == 20 {
				break
			}
		}
		return ids
	}
	require.Equal(t, write(1), write(1))
	require.NotEqual(t, write(1), write(2))
}

func BenchmarkTrainStep(b *testing.B) {
	for _, size := range []struct {
		name string
		c    gpt.Config
		B, T int
	}{
		{"newton", gpt.Config{Vocab: 1024, Context: 128, Width: 192, Heads: 6, Layers: 4, QKVBias: true, TiedHead: true}, 16, 128},
		{"small", gpt.Config{Vocab: 4096, Context: 256, Width: 384, Heads: 6, Layers: 6, QKVBias: true, TiedHead: true}, 16, 256},
		{"124M/4x64", gpt.GPT2Small, 4, 64},
		{"124M/4x256", gpt.GPT2Small, 4, 256},
		{"124M/4x1024", gpt.GPT2Small, 4, 1024},
	} {
		b.Run(size.name, func(b *testing.B) {
			m := randomModel(size.c)
			l := pretrain.NewLanguageModel(m, nil, size.B, size.T)
			o := pretrain.NewOptimizer(pretrain.DefaultAdamW, l.Params(), l.Grads())
			batch := embeddings.Batch{B: size.B, T: size.T, Inputs: make([]int, size.B*size.T), Targets: make([]int, size.B*size.T)}
			rng := rand.New(rand.NewPCG(1, 1))
			for i := range batch.Inputs {
				batch.Inputs[i], batch.Targets[i] = rng.IntN(size.c.Vocab), rng.IntN(size.c.Vocab)
			}
			step := func() {
				l.Learn(batch, 1, nil)
				o.Step(1e-4, pretrain.ClipScale(pretrain.GradNorm(l.Grads()), 1))
			}
			step() // the first touches its memory, which can take longer than all others
			for b.Loop() {
				step()
			}
			tokens := float64(b.N * size.B * size.T)
			b.ReportMetric(tokens/b.Elapsed().Seconds(), "tok/s")
			b.ReportMetric(float64(b.N)*3*float64(size.c.ForwardFLOPs(size.B, size.T))/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			if peak := peakMemory(); peak > 0 {
				b.ReportMetric(peak, "peak-MB")
			}
		})
	}
}

// peakMemory is the most memory that this process has had so far, in megabytes,
// or 0 where the system does not say. It is the benchmark's own only when it runs
// alone.
func peakMemory() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	kilobytes, _, _ := strings.Cut(strings.TrimSpace(after), " ")
	n, _ := strconv.Atoi(kilobytes)
	return float64(n) * 1024 / 1e6
}

// Of a model that is deep and narrow the lists of its tensors are what takes
// memory, and that is foretold, too.
func TestMemoryOfADeepModel(t *testing.T) {
	c := gpt.Config{Vocab: 257, Context: 8, Width: 1, Heads: 1, Layers: 2000, QKVBias: true, TiedHead: true}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	l := pretrain.NewLanguageModel(gpt.New(c), nil, 1, 8)
	optimizer := pretrain.NewOptimizer(pretrain.DefaultAdamW, l.Params(), l.Grads())
	l.Learn(embeddings.Batch{B: 1, T: 8, Inputs: make([]int, 8), Targets: make([]int, 8)}, 1, nil)
	optimizer.Step(1e-3, 1)
	runtime.GC()
	runtime.ReadMemStats(&after)
	took := float64(after.HeapAlloc-before.HeapAlloc) / float64(footprint.Of(c, 1, 8, false, nil).Total())
	require.Less(t, took, 1.0)
	require.Greater(t, took, 0.5)
	runtime.KeepAlive(optimizer)
	runtime.KeepAlive(l)
}
