package gpt_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas/blas32"

	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/allocs"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/gradcheck"
)

// small is a model that tests can afford, with everything that a large one has.
var small = gpt.Config{Vocab: 19, Context: 12, Width: 16, Heads: 4, Layers: 3, QKVBias: true, TiedHead: true}

// randomModel has weights larger than the usual 0.02, so that mistakes show.
func randomModel(c gpt.Config, seed uint64) *gpt.Model {
	m, rng := gpt.New(c), rand.New(rand.NewPCG(seed, 4))
	m.Init(rng)
	for _, p := range m.Params() {
		for i := range p.Data {
			p.Data[i] += float32(.1 * rng.NormFloat64())
		}
	}
	return m
}

func randomIDs(n, vocab int, seed uint64) []int {
	rng, ids := rand.New(rand.NewPCG(seed, 5)), make([]int, n)
	for i := range ids {
		ids[i] = rng.IntN(vocab)
	}
	return ids
}

func TestPublishedCounts(t *testing.T) {
	// The published book counts without QKV biases, and its head apart.
	book := func(c gpt.Config, tied bool) gpt.Config {
		c.QKVBias, c.TiedHead = false, tied
		return c
	}
	for _, want := range []struct {
		name           string
		config         gpt.Config
		separate, tied int
		mebibytes      float64
	}{
		{"[74,78,80] 124M", gpt.GPT2Small, 163009536, 124412160, 621.83},
		{"4.2 355M", gpt.GPT2Medium, 406212608, 354749440, 1549.58},
		{"4.2 774M", gpt.GPT2Large, 838220800, 773891840, 3197.56},
		{"4.2 1558M", gpt.GPT2XL, 1637792000, 1557380800, 6247.68},
	} {
		t.Run(want.name, func(t *testing.T) {
			require.Equal(t, want.separate, book(want.config, false).ParamCount())
			require.Equal(t, want.tied, book(want.config, true).ParamCount())
			require.InDelta(t, want.mebibytes, float64(book(want.config, false).WeightBytes())/(1<<20), .005)
		})
	}
}

// Exercise 4.1 of the published book.
func TestPublishedBlockCounts(t *testing.T) {
	c := gpt.GPT2Small
	c.QKVBias = false
	attn, mlp := 0, 0
	for _, p := range gpt.New(gpt.Config{Vocab: 1, Context: 1, Width: c.Width, Heads: c.Heads, Layers: 1}).Params() {
		switch {
		case len(p.Name) > 9 && p.Name[:9] == "h.0.attn.":
			attn += len(p.Data)
		case len(p.Name) > 8 && p.Name[:8] == "h.0.mlp.":
			mlp += len(p.Data)
		}
	}
	require.Equal(t, 2360064, attn)
	require.Equal(t, 4722432, mlp)
}

func TestPublishedGELU(t *testing.T) {
	for _, c := range []struct{ x, want float32 }{
		{-3, -.003637}, {-2, -.045402}, {-1, -.158808}, {-.75, -.170039}, {-.5, -.154286},
		{.5, .345714}, {1, .841192}, {2, 1.954598}, {3, 2.996363}, {0, 0}, {20, 20}, {-20, 0},
	} {
		require.InDelta(t, c.want, gpt.GELU(c.x), 6e-7, "gelu(%v)", c.x)
	}
}

// Cells [24] to [35]: the inputs are printed to four digits there.
func TestPublishedLayerNorm(t *testing.T) {
	x := f32.View([]float32{.2260, .3470, 0, .2216, 0, 0, .2133, .2394, 0, .5198, .3297, 0}, 2, 6)
	ones := []float32{1, 1, 1, 1, 1, 1}
	norm := gpt.LayerNorm{Weight: ones, Bias: make([]float32, 6)}
	y, m := f32.New(2, 6), gpt.NewMoments(2)
	norm.Forward(y, m, x)
	require.InDeltaSlice(t, []float64{.132418, .217048}, m.Mean, 1e-4)
	want := []float64{
		.674460, 1.546987, -.954852, .643108, -.954852, -.954852,
		-.020662, .122796, -1.191277, 1.661866, .618554, -1.191277,
	}
	require.InDeltaSlice(t, want, y.Data, 1e-3)
	for i, variance := range []float64{.999480, .999699} { // epsilon keeps it below 1
		row := f32.Row(y, i)
		require.InDelta(t, variance, float64(f32.Dot(row, row))/6, 1e-5)
	}
}

func TestParamsAgreeWithTheCount(t *testing.T) {
	for _, bias := range []bool{false, true} {
		for _, tied := range []bool{false, true} {
			c := small
			c.QKVBias, c.TiedHead = bias, tied
			total, names := 0, map[string]bool{}
			for _, p := range gpt.New(c).Params() {
				total += len(p.Data)
				require.False(t, names[p.Name], "%s twice", p.Name)
				names[p.Name] = true
			}
			require.Equal(t, c.ParamCount(), total)
			require.Equal(t, !tied, names["lm_head.weight"])
			require.Equal(t, bias, names["h.0.attn.c_attn.bias"])
		}
	}
}

func TestValidate(t *testing.T) {
	for want, change := range map[string]func(*gpt.Config){
		"gpt: vocabulary is 0; it must be at least 1":                               func(c *gpt.Config) { c.Vocab = 0 },
		"gpt: layers is -1; it must be at least 1":                                  func(c *gpt.Config) { c.Layers = -1 },
		"gpt: width 16 is not divisible by 3 heads (are heads and layers swapped?)": func(c *gpt.Config) { c.Heads = 3 },
	} {
		c := small
		change(&c)
		require.EqualError(t, c.Validate(), want)
		require.PanicsWithValue(t, want, func() { gpt.New(c) })
	}
	require.NoError(t, small.Validate())
}

func TestInit(t *testing.T) {
	c := gpt.Config{Vocab: 100, Context: 50, Width: 64, Heads: 4, Layers: 8, QKVBias: true, TiedHead: true}
	m := gpt.New(c)
	m.Init(rand.New(rand.NewPCG(1, 1)))
	std := func(x []float32) float64 { return float64(f32.Dot(x, x)) / float64(len(x)) }
	require.InEpsilon(t, .02*.02, std(m.Embedding.Tokens.Data), .1)
	require.InEpsilon(t, .02*.02, std(m.Blocks[3].Attention.QKV.W.Data), .1)
	require.InEpsilon(t, .02*.02/16, std(m.Blocks[3].MLP.Proj.W.Data), .1)
	require.Equal(t, float32(1), m.Norm.Weight[0])
	require.Zero(t, m.Norm.Bias[0])
}

// logitsOf runs the whole text without a cache and returns its last logits.
func logitsOf(m *gpt.Model, ids []int) []float32 {
	hidden := m.NewPass(gpt.Frozen, 1, len(ids)).Forward(ids, len(ids), nil)
	logits := f32.New(1, m.Config.Vocab)
	m.Logits(logits, f32.Rows(hidden, hidden.Rows-1, hidden.Rows))
	return logits.Data
}

// Whatever way a text is cut into pieces, the cache must know the same.
func TestCacheEqualsRecomputation(t *testing.T) {
	c := small
	c.Context = 150 // more than two chunks
	m, ids := randomModel(c, 1), randomIDs(150, c.Vocab, 1)
	cache := m.NewCache()
	for _, pieces := range [][]int{{1, 1, 1, 2, 3}, {12}, {64}, {65}, {149, 1}, {150}, {1, 64, 64}, {63, 2, 80}} {
		cache.Truncate(0)
		at := 0
		for _, n := range pieces {
			got := cache.Extend(ids[at : at+n])
			at += n
			require.InDeltaSlice(t, logitsOf(m, ids[:at]), got, 1e-4, "%v, after %d ids", pieces, at)
		}
		require.Equal(t, at, cache.Len())
	}
}

// What is kept of the beginning is as good as read afresh, whatever came after it.
func TestTruncatedCacheEqualsRecomputation(t *testing.T) {
	m, ids, other := randomModel(small, 4), randomIDs(12, small.Vocab, 4), randomIDs(12, small.Vocab, 5)
	cache := m.NewCache()
	for kept := range 12 {
		cache.Truncate(0)
		cache.Extend(append(ids[:kept:kept], other[kept:]...))
		cache.Truncate(kept)
		require.Equal(t, kept, cache.Len())
		require.InDeltaSlice(t, logitsOf(m, ids), cache.Extend(ids[kept:]), 1e-4, "%d kept", kept)
	}
}

// Beyond the context, the text is the last Context ids, as if read afresh.
func TestContinueCutsTheText(t *testing.T) {
	m := randomModel(small, 2)
	text := randomIDs(30, small.Vocab, 2) // the prompt too is longer
	n := 0
	for id := range m.Greedy(text) {
		window := text[len(text)-min(len(text), small.Context):]
		require.Equal(t, gpt.Argmax(logitsOf(m, window)), id)
		text = append(text, id)
		if n++; n == 20 {
			break
		}
	}
}

// Whoever picks sees what the model has read.
func TestContinueShowsTheText(t *testing.T) {
	m := randomModel(small, 3)
	for _, prompt := range []int{1, 5, 11, 12, 13, 30} {
		text := randomIDs(prompt, small.Vocab, 3)
		n := 0
		for id := range gpt.Continue(m, m.NewCache(), text, func(_ []float32, seen []int) int {
			require.Equal(t, text[max(0, len(text)-small.Context):], seen)
			return (7*len(text) + 3) % small.Vocab
		}) {
			text = append(text, id)
			if n++; n == 20 {
				break
			}
		}
		require.Len(t, text, prompt+20)
	}
}

func TestMisuse(t *testing.T) {
	m := gpt.New(small)
	p := m.NewPass(nil, 1, 6)
	cache := m.NewCache()
	require.PanicsWithValue(t, "gpt: the batch is not whole sequences of T ids, or is larger than its pass", func() { p.Forward(make([]int, 7), 7, nil) })
	require.PanicsWithValue(t, "gpt: the batch is not whole sequences of T ids, or is larger than its pass", func() { p.Forward(make([]int, 5), 3, nil) })
	require.PanicsWithValue(t, "gpt: Extend needs at least one id, and room for all of them in the context", func() { cache.Extend(nil) })
	require.PanicsWithValue(t, "gpt: Extend needs at least one id, and room for all of them in the context", func() { cache.Extend(make([]int, 13)) })
	cache.Extend(make([]int, 3))
	for _, n := range []int{-1, 4} {
		require.PanicsWithValue(t, "gpt: Truncate keeps no more tokens than the cache has read", func() { cache.Truncate(n) })
	}
	require.PanicsWithValue(t, "gpt: a prompt needs at least one id", func() { m.Greedy(nil) })
	require.Panics(t, func() { cache.Extend([]int{small.Vocab}) })
}

// forgetting is a dropout that forgets the same values every time.
func forgetting(p float32) *attention.Dropout { return attention.NewDropout(p, rand.NewPCG(6, 6)) }

// lossOf is a loss with every output in it: hidden vectors times fixed numbers.
func lossOf(m *gpt.Model, p gpt.Pass, ids []int, T int, weights blas32.General, dropout float32) float64 {
	hidden := p.Forward(ids, T, forgetting(dropout))
	logits := f32.New(hidden.Rows, m.Config.Vocab)
	m.Logits(logits, hidden)
	var sum float64
	for i, l := range logits.Data {
		sum += float64(l) * float64(weights.Data[i])
	}
	return sum
}

// gradientOf is the gradient of lossOf.
func gradientOf(p gpt.Pass, ids []int, T int, weights blas32.General, dropout float32) []gpt.Param {
	hidden := p.Forward(ids, T, forgetting(dropout))
	dhidden := f32.New(hidden.Rows, hidden.Cols)
	p.LogitsBackward(dhidden, weights, hidden)
	p.Backward(dhidden)
	return p.Grads()
}

func TestGradients(t *testing.T) {
	for _, dropout := range []float32{0, .2} {
		for _, tied := range []bool{true, false} {
			t.Run(fmt.Sprintf("dropout %v, tied %v", dropout, tied), func(t *testing.T) {
				c := small
				c.TiedHead = tied
				m, ids := randomModel(c, 3), randomIDs(16, c.Vocab, 3)
				pass := m.NewPass(nil, 2, 8)
				weights := f32.New(16, c.Vocab)
				gradcheck.Fill(weights.Data, rand.New(rand.NewPCG(7, 7)), 1)
				grads := gradientOf(pass, ids, 8, weights, dropout)
				for i, p := range m.Params() {
					loss := func() float64 { return lossOf(m, pass, ids, 8, weights, dropout) }
					gradcheck.Check(t, p.Name, p.Data, grads[i].Data, loss, 3e-3)
				}
			})
		}
	}
}

// What is frozen has no gradient, and the gradients of the rest stay the same.
func TestFrozen(t *testing.T) {
	c := small
	c.TiedHead = false
	m, ids := randomModel(c, 4), randomIDs(10, c.Vocab, 4)
	weights := f32.New(10, c.Vocab)
	gradcheck.Fill(weights.Data, rand.New(rand.NewPCG(8, 8)), 1)
	all := gradientOf(m.NewPass(nil, 1, 10), ids, 10, weights, 0)
	for name, trains := range map[string]func(string) bool{
		"head":             func(name string) bool { return name == "lm_head.weight" },
		"last norm":        func(name string) bool { return name == "ln_f.weight" || name == "ln_f.bias" },
		"last block":       func(name string) bool { return name[:2] == "h." && name[2] == '2' },
		"one middle bias":  func(name string) bool { return name == "h.1.mlp.c_fc.bias" },
		"position vectors": func(name string) bool { return name == "wpe.weight" },
	} {
		t.Run(name, func(t *testing.T) {
			for i, p := range gradientOf(m.NewPass(trains, 1, 10), ids, 10, weights, 0) {
				if trains(p.Name) {
					require.Equal(t, all[i].Data, p.Data, p.Name)
				} else {
					require.Nil(t, p.Data, p.Name)
				}
			}
		})
	}
}

// Where less is trained, blocks share room, and the hidden vectors stay the same.
func TestPassesOfFrozenModels(t *testing.T) {
	c := small
	m, ids := randomModel(c, 4), randomIDs(10, c.Vocab, 4)
	hidden := func(trains func(name string) bool, dropout float32) []float32 {
		return slices.Clone(m.NewPass(trains, 1, 10).Forward(ids, 10, forgetting(dropout)).Data)
	}
	for _, dropout := range []float32{0, .1} {
		want := hidden(nil, dropout)
		require.Equal(t, want, hidden(gpt.Frozen, dropout))
		block := func(name string) bool { return strings.HasPrefix(name, "h.1.") }
		require.Equal(t, want, hidden(block, dropout))
	}
}

// The same bits on one core and on two.
func TestBitsDoNotDependOnCores(t *testing.T) {
	c := gpt.Config{Vocab: 300, Context: 64, Width: 96, Heads: 6, Layers: 2, QKVBias: true, TiedHead: true}
	m, ids := randomModel(c, 5), randomIDs(4*64, c.Vocab, 5)
	weights := f32.New(4*64, c.Vocab)
	gradcheck.Fill(weights.Data, rand.New(rand.NewPCG(9, 9)), 1)
	var results [2][]gpt.Param
	for i := range results {
		before := runtime.GOMAXPROCS(i + 1)
		results[i] = gradientOf(m.NewPass(nil, 4, 64), ids, 64, weights, .1)
		runtime.GOMAXPROCS(before)
	}
	for i, p := range results[0] {
		require.Equal(t, p.Data, results[1][i].Data, p.Name)
	}
}

// What a step allocates does not grow with the model, the batch or the text.
func TestAllocation(t *testing.T) {
	c := small
	m, ids := randomModel(c, 6), randomIDs(16, c.Vocab, 6)
	p, drop := m.NewPass(nil, 2, 8), forgetting(.1)
	logits, dhidden := f32.New(16, c.Vocab), f32.New(16, c.Width)
	require.Less(t, allocs.Bytes(func() {
		hidden := p.Forward(ids, 8, drop)
		m.Logits(logits, hidden)
		p.LogitsBackward(dhidden, logits, hidden)
		p.Backward(dhidden)
	}), allocs.Step, "training")

	cache := m.NewCache()
	require.Less(t, allocs.Bytes(func() {
		cache.Truncate(0)
		cache.Extend(ids[:7])
		cache.Extend(ids[7:8])
	}), allocs.Step, "decoding")
}

// Many goroutines write with one model, each the same text as alone.
func TestConcurrentUse(t *testing.T) {
	m := randomModel(small, 7)
	write := func(seed uint64) (ids []int) {
		for id := range m.Greedy(randomIDs(5, small.Vocab, seed)) {
			if ids = append(ids, id); len(ids) == 10 {
				return ids
			}
		}
		return nil
	}
	var alone, together [8][]int
	for i := range alone {
		alone[i] = write(uint64(i))
	}
	var group sync.WaitGroup
	for i := range together {
		group.Go(func() { together[i] = write(uint64(i)) })
	}
	group.Wait()
	require.Equal(t, alone, together)
	require.False(t, slices.Equal(alone[0], alone[1]) && slices.Equal(alone[1], alone[2]))
}

func BenchmarkForward(b *testing.B) {
	c := gpt.Config{Vocab: 1024, Context: 128, Width: 192, Heads: 6, Layers: 4, TiedHead: true, QKVBias: true}
	m, ids := randomModel(c, 8), randomIDs(8*128, c.Vocab, 8)
	p := m.NewPass(gpt.Frozen, 8, 128)
	for b.Loop() {
		p.Forward(ids, 128, nil)
	}
	b.ReportMetric(float64(b.N*len(ids))/b.Elapsed().Seconds(), "tok/s")
}

var benchmarked = []struct {
	name   string
	config gpt.Config
}{
	{"small", gpt.Config{Vocab: 4096, Context: 256, Width: 384, Heads: 6, Layers: 6, TiedHead: true, QKVBias: true}},
	{"124M", gpt.GPT2Small},
}

// A token reads all weights once: GB/s compares with BenchmarkThin/read of
// internal/f32, which reads memory and does nothing else.
func BenchmarkDecode(b *testing.B) {
	for _, size := range benchmarked {
		c := size.config
		m := gpt.New(c)
		m.Init(rand.New(rand.NewPCG(9, 4)))
		bytes := c.WeightBytes() - 4*c.Context*c.Width // all but the positions
		b.Run(size.name, func(b *testing.B) {
			cache, id := m.NewCache(), []int{1}
			cache.Extend(id)
			for b.Loop() {
				if cache.Len() == c.Context {
					cache.Truncate(0)
				}
				cache.Extend(id)
			}
			rate := float64(b.N) / b.Elapsed().Seconds()
			b.ReportMetric(rate, "tok/s")
			b.ReportMetric(rate*float64(bytes)/1e9, "GB/s")
		})
	}
}

// A prompt as long as half the context. The logits are computed for its last
// token only.
func BenchmarkPrefill(b *testing.B) {
	for _, size := range benchmarked {
		c := size.config
		m := gpt.New(c)
		m.Init(rand.New(rand.NewPCG(10, 4)))
		T := c.Context / 2
		ids := randomIDs(T, c.Vocab, 10)
		flops := float64(c.ForwardFLOPs(1, T) - 2*(T-1)*c.Width*c.Vocab)
		b.Run(size.name, func(b *testing.B) {
			cache := m.NewCache()
			cache.Extend(ids)
			for b.Loop() {
				cache.Truncate(0)
				cache.Extend(ids)
			}
			rate := float64(b.N) / b.Elapsed().Seconds()
			b.ReportMetric(rate*float64(T), "tok/s")
			b.ReportMetric(rate*flops/1e9, "GFLOP/s")
		})
	}
}

// A block's attention is chapter 3's, made fast.
func TestBlockIsChapterThreesAttention(t *testing.T) {
	const B, T = 2, 9
	m := randomModel(small, 13)
	b := &m.Blocks[1]
	x, got := f32.New(B*T, small.Width), f32.New(B*T, small.Width)
	gradcheck.Fill(x.Data, rand.New(rand.NewPCG(13, 1)), 1)
	b.Layer().Forward(got, gpt.NewBlockActivations(small, B, T), x, T, nil)

	normed, mid, want := f32.New(B*T, small.Width), f32.New(B*T, small.Width), f32.New(B*T, small.Width)
	b.Norm1.Forward(normed, gpt.NewMoments(B*T), x)
	b.Attention.Forward(mid, b.Attention.NewActivations(B, T), normed, nil)
	f32.Add(mid.Data, x.Data)
	b.Norm2.Forward(normed, gpt.NewMoments(B*T), mid)
	b.MLP.Forward(want, gpt.NewMLPActivations(B*T, small.Width), normed)
	f32.Add(want.Data, mid.Data)
	require.InDeltaSlice(t, want.Data, got.Data, 1e-5)
}

// The norm that the model calls is the plain one.
func TestNormalizeIsPlain(t *testing.T) {
	rng := rand.New(rand.NewPCG(14, 1))
	for _, n := range []int{1, 3, 16, 100, 768} {
		x, dy, weight, bias := make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)
		for _, v := range [][]float32{x, dy, weight, bias} {
			gradcheck.Fill(v, rng, 1)
		}
		x[0] += 5
		want, got, norm, m := make([]float32, n), make([]float32, n), gpt.LayerNorm{Weight: weight, Bias: bias}, gpt.NewMoments(1)
		mean, rstd := gpt.Normalize(want, x, weight, bias)
		norm.Forward(f32.View(got, 1, n), m, f32.View(x, 1, n))
		require.InDelta(t, mean, m.Mean[0], 1e-5)
		require.InEpsilon(t, rstd, m.Rstd[0], 1e-5)
		require.InDeltaSlice(t, want, got, 1e-4)

		gpt.NormalizeBackward(want, mean, rstd, dy, x, weight)
		norm.Backward(f32.View(got, 1, n), &gpt.LayerNorm{}, m, f32.View(dy, 1, n), f32.View(x, 1, n))
		require.InDeltaSlice(t, want, got, 1e-4*float64(max(1, rstd)))
	}
}

// The same model forgets as much as it is told to, and nothing in use.
func TestDropout(t *testing.T) {
	m, ids := randomModel(small, 12), randomIDs(8, small.Vocab, 12)
	p := m.NewPass(nil, 1, 8)
	hidden := func(dropout float32) []float32 { return slices.Clone(p.Forward(ids, 8, forgetting(dropout)).Data) }
	whole, some := hidden(0), hidden(.5)
	require.NotEqual(t, whole, some)
	require.Equal(t, some, hidden(.5))
	require.Equal(t, whole, hidden(0))
	require.PanicsWithValue(t, "attention: dropout must be at least 0 and below 1", func() { hidden(1) })
}

// A valid configuration has few enough weights to count.
func TestValidateDoesNotOverflow(t *testing.T) {
	for _, n := range []int{1 << 20, 1 << 31, 1 << 62, math.MaxInt} {
		for _, wide := range []gpt.Config{
			{Vocab: n, Context: n, Width: n, Heads: 1, Layers: n},
			{Vocab: 257, Context: 8, Width: 1 << 20, Heads: 1, Layers: n},
			{Vocab: n, Context: 8, Width: 1 << 31, Heads: 1, Layers: 1},
		} {
			require.ErrorContains(t, wide.Validate(), "weights are more than any computer holds")
		}
	}
	largest := gpt.Config{Vocab: 1, Context: 1, Width: 1 << 20, Heads: 1, Layers: 80}
	require.NoError(t, largest.Validate())
	require.Greater(t, largest.ParamCount(), 1<<49)
}
