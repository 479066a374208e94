package translate_test

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

	"github.com/llm-from-scratch/llm/branches/translate"
	"github.com/llm-from-scratch/llm/branches/translate/parts"
	"github.com/llm-from-scratch/llm/branches/translate/search"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/allocs"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/gradcheck"
)

var small = translate.Config{Vocab: 23, Width: 16, Hidden: 24, Heads: 4, Encoder: 2, Decoder: 2}

// places are the placements of the norm: the paper's, and that with norms before.
func places(t *testing.T, test func(t *testing.T, c translate.Config)) {
	for _, first := range []bool{false, true} {
		c := small
		c.NormFirst, c.FinalNorm = first, first
		t.Run(map[bool]string{false: "after", true: "before"}[first], func(t *testing.T) { test(t, c) })
	}
}

func randomModel(c translate.Config) *translate.Model {
	m, rng := translate.New(c), rand.New(rand.NewPCG(3, 9))
	for _, p := range m.Params() {
		gradcheck.Fill(p.Data, rng, .3)
		for i := range p.Data {
			if strings.Contains(p.Name, "norm") && strings.HasSuffix(p.Name, "weight") {
				p.Data[i]++
			}
		}
	}
	return m
}

// reversed are examples whose target is the source backwards.
func reversed(n int, rng *rand.Rand) (list []translate.Example) {
	for range n {
		var e translate.Example
		for range 1 + rng.IntN(7) {
			e.Source = append(e.Source, translate.End+1+rng.IntN(small.Vocab-translate.End-1))
		}
		e.Target = slices.Clone(e.Source)
		slices.Reverse(e.Target)
		list = append(list, translate.Example{Source: append(e.Source, translate.End), Target: append(e.Target, translate.End)})
	}
	return list
}

// one is a batch of these examples in their order.
func one(t testing.TB, examples []translate.Example) (b embeddings.Batch) {
	for b = range translate.Batches(slices.Clone(examples), 1<<20, nil) {
		require.Equal(t, len(examples), b.B)
	}
	return b
}

var _ pretrain.Learner = (*translate.Learner)(nil)

func texts(most int) search.Texts {
	return search.Texts{Begin: translate.Begin, End: translate.End, Most: most}
}

func greedy(m *translate.Model, sources [][]int, most int) [][]int {
	return texts(most).Greedy(m.NewCache(sources, 1, most), len(sources))
}

func beam(m *translate.Model, sources [][]int, b search.Beam) [][]search.Hypothesis {
	return b.Search(m.NewCache(sources, b.Width, b.Most), len(sources))
}

func TestGradients(t *testing.T) {
	places(t, func(t *testing.T, c translate.Config) {
		m, b := randomModel(c), one(t, reversed(5, rand.New(rand.NewPCG(1, 1))))
		for _, drop := range []func() *attention.Dropout{
			func() *attention.Dropout { return nil },
			func() *attention.Dropout { return attention.NewDropout(.2, rand.NewPCG(6, 6)) },
		} {
			l := translate.NewLearner(m, 500, .1)
			l.Learn(b, 1, drop())
			p := m.NewPass(500)
			loss := func() float64 {
				hidden := p.Forward(b, drop())
				logits := f32.New(hidden.Rows, c.Vocab)
				m.Logits(logits, hidden)
				return parts.Smoothed(logits, b.Targets, translate.Pad, .1, false, 1)
			}
			for i, g := range l.Grads() {
				if !strings.HasSuffix(g.Name, "in_proj_bias") { // that of the keys is zero
					gradcheck.Check(t, g.Name, l.Params()[i].Data, g.Data, loss, 6e-2) // a ReLU has a corner; golden_test.go is stricter
				}
			}
		}
	})
}

// What stands behind a sentence in its batch, and beside it, changes nothing but the
// rounding: few rows are multiplied in another order than many.
func TestPaddingAndNeighbours(t *testing.T) {
	places(t, func(t *testing.T, c translate.Config) {
		m, examples := randomModel(c), reversed(9, rand.New(rand.NewPCG(2, 2)))
		var sources [][]int
		p := m.NewPass(500)
		b := one(t, examples)
		T := len(b.Targets) / b.B
		all := append([]float32(nil), p.Forward(b, nil).Data...)
		for i := range b.B {
			n, k := 0, 0
			for n < b.T && b.Inputs[i*b.T+n] != translate.Pad {
				n++
			}
			for k < T && b.Targets[i*T+k] != translate.Pad {
				k++
			}
			source := b.Inputs[i*b.T:][:n]
			sources = append(sources, source)
			alone := p.Forward(embeddings.Batch{B: 1, T: n, Inputs: source, Targets: b.Targets[i*T:][:k]}, nil)
			require.InDeltaSlice(t, alone.Data, all[i*T*c.Width:][:k*c.Width], 2e-5)
		}
		written, found := greedy(m, sources, 12), beam(m, sources, search.Beam{Texts: texts(12), Width: 3, Alpha: .6})
		for i, s := range sources {
			require.Equal(t, greedy(m, [][]int{s}, 12)[0], written[i])
			alone := beam(m, [][]int{s}, search.Beam{Texts: texts(12), Width: 3, Alpha: .6})[0]
			require.Len(t, alone, len(found[i]))
			for j, h := range alone {
				require.Equal(t, h.IDs, found[i][j].IDs)
				require.InDelta(t, h.LogProb, found[i][j].LogProb, 1e-4)
			}
		}
	})
}

// A cache has the logits of a pass over all.
func TestCache(t *testing.T) {
	places(t, func(t *testing.T, c translate.Config) {
		m, examples := randomModel(c), reversed(5, rand.New(rand.NewPCG(2, 2)))
		b := one(t, examples)
		T := len(b.Targets) / b.B
		hidden := m.NewPass(500).Forward(b, nil)
		want := f32.New(hidden.Rows, c.Vocab)
		m.Logits(want, hidden)
		var sources [][]int
		ids := slices.Repeat([]int{translate.Begin}, b.B)
		for i := range b.B {
			sources = append(sources, b.Inputs[i*b.T:][:b.T])
		}
		cache := m.NewCache(sources, 1, T)
		for at := range T {
			logits := cache.Extend(ids)
			for i := range ids {
				require.InDeltaSlice(t, f32.Row(want, i*T+at), f32.Row(logits, i), 1e-4)
				ids[i] = b.Targets[i*T+at]
			}
		}
		require.Panics(t, func() { cache.Extend(ids) })

		cache = m.NewCache(sources, 2, T) // the second text of each becomes both of the last two sources
		cache.Extend(slices.Repeat([]int{translate.Begin, 5}, b.B))
		cache.Keep([]int{7, 7, 9, 9})
		again := m.NewCache(sources[3:], 2, T)
		again.Extend([]int{5, 5, 5, 5})
		require.InDeltaSlice(t, again.Extend([]int{6, 7, 8, 9}).Data, cache.Extend([]int{6, 7, 8, 9}).Data, 1e-4)
	})
}

// A beam of one is greedy, and a wide one finds the likeliest of all texts.
func TestSearch(t *testing.T) {
	places(t, func(t *testing.T, c translate.Config) {
		c.Vocab = 5
		m, sources := randomModel(c), [][]int{{3, 4, 2}, {4, 2}, {3, 3, 3, 2}}
		greedy := greedy(m, sources, 4)
		for i, found := range beam(m, sources, search.Beam{Texts: texts(4), Width: 1}) {
			require.Equal(t, greedy[i], found[0].IDs)
		}
		for _, alpha := range []float64{0, 1, 3} {
			all := search.Beam{Texts: texts(4), Width: 700, Alpha: alpha}
			narrow := search.Beam{Texts: texts(4), Width: 2, Alpha: alpha}
			early := search.Beam{Texts: texts(4), Width: 2, Alpha: alpha, Early: true}
			for i, found := range beam(m, sources, all) {
				best, score := likeliest(m, sources[i], all)
				require.Equal(t, best, found[0].IDs)
				require.InDelta(t, score, found[0].Score, 1e-5)
				b, e := beam(m, sources, narrow)[i][0], beam(m, sources, early)[i][0]
				if b.IDs[len(b.IDs)-1] == translate.End { // else it found no end
					require.GreaterOrEqual(t, b.Score, e.Score-1e-5)
					require.GreaterOrEqual(t, found[0].Score, b.Score-1e-5)
				}
				require.InDelta(t, b.LogProb/all.Penalty(len(b.IDs)), b.Score, 1e-12)
			}
		}
	})
}

// likeliest tries all texts, without a cache.
func likeliest(m *translate.Model, source []int, b search.Beam) (best []int, score float64) {
	score = math.Inf(-1)
	p := m.NewPass(20)
	var try func(text []int)
	try = func(text []int) {
		if len(text) > 0 && text[len(text)-1] == translate.End {
			hidden := p.Forward(embeddings.Batch{B: 1, T: len(source), Inputs: source, Targets: text}, nil)
			logits := f32.New(hidden.Rows, m.Config.Vocab)
			m.Logits(logits, hidden)
			logProb := -pretrain.CrossEntropy(logits, text) * float64(len(text))
			if s := logProb / b.Penalty(len(text)); s > score {
				best, score = slices.Clone(text), s
			}
			return
		}
		if len(text) < b.Most {
			for id := range m.Config.Vocab {
				try(append(slices.Clip(text), id))
			}
		}
	}
	try(nil)
	return best, score
}

// A batch holds about as many ids as were asked for; together they hold every example.
func TestBatches(t *testing.T) {
	examples := reversed(100, rand.New(rand.NewPCG(1, 2)))
	count, ids, room := 0, 0, 0
	for b := range translate.Batches(slices.Clone(examples), 60, rand.New(rand.NewPCG(3, 3))) {
		require.LessOrEqual(t, len(b.Inputs)+len(b.Targets), 60)
		count, room = count+b.B, room+len(b.Inputs)+len(b.Targets)
	}
	for _, e := range examples {
		ids += len(e.Source) + len(e.Target)
	}
	require.Equal(t, 100, count)
	require.Less(t, float64(room), 1.1*float64(ids))
	for b := range translate.Batches(slices.Clone(examples), 1, nil) {
		require.Equal(t, 1, b.B)
	}
	for range translate.Batches(nil, 10, nil) {
		t.Fatal("a batch of nothing")
	}
}

// A small model learns to write sentences backwards, the same on any number of cores.
func TestLearning(t *testing.T) {
	places(t, func(t *testing.T, c translate.Config) {
		var first []float64
		steps := 250
		for cores := range 2 {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1 + cores))
			m := translate.New(c)
			m.Init(rand.New(rand.NewPCG(1, 1)))
			l, rng := translate.NewLearner(m, 400, .1), rand.New(rand.NewPCG(4, 4))
			o := pretrain.NewOptimizer(pretrain.AdamW{Beta1: .9, Beta2: .98, Epsilon: 1e-9}, l.Params(), l.Grads())
			var losses []float64
			for i := range steps {
				b := one(t, reversed(20, rng))
				losses = append(losses, l.Learn(b, 1, nil))
				o.Step(5e-3*min(1, float64(i+1)/50), 1)
			}
			if first == nil {
				first, steps = losses, 20
				b := one(t, reversed(50, rng))
				require.Less(t, l.Loss(b), 1.7) // 2.8 without a look at the source
				continue
			}
			require.Equal(t, first[:steps], losses)
		}
	})
}

// One model serves many goroutines.
func TestManyAtOnce(t *testing.T) {
	m, source := randomModel(small), []int{5, 6, 7, translate.End}
	want := fmt.Sprint(beam(m, [][]int{source}, search.Beam{Texts: texts(9), Width: 2}))
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if got := fmt.Sprint(beam(m, [][]int{source}, search.Beam{Texts: texts(9), Width: 2})); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
	group.Wait()
}

// A step allocates nothing that grows with the model or the batch.
func TestAllocation(t *testing.T) {
	m, b := randomModel(small), one(t, reversed(50, rand.New(rand.NewPCG(1, 1))))
	l := translate.NewLearner(m, 1000, .1)
	require.Less(t, allocs.Bytes(func() { l.Learn(b, 1, nil) }), 64<<10)
	sources := [][]int{{4, 5, 2}, {7, 2}}
	cache, ids := m.NewCache(sources, 4, 100), make([]int, 8)
	require.Less(t, allocs.Bytes(func() { cache.Extend(ids) }), 64<<10)

	p := m.NewPass(1000)
	require.Empty(t, p.Read.Layers[0].Cross.Q.Data, "the encoder looks at nothing across")
	require.NotEmpty(t, p.Write.Layers[0].Cross.Q.Data)
}

func TestMisuse(t *testing.T) {
	m := randomModel(small)
	p := m.NewPass(8)
	panics := func(message string, b embeddings.Batch) {
		t.Helper()
		require.PanicsWithValue(t, message, func() { p.Forward(b, nil) })
	}
	panics("translate: a batch needs as many sources as targets, and no more rows of either than its pass has room for", embeddings.Batch{B: 1, T: 9, Inputs: make([]int, 9), Targets: []int{2}})
	panics("translate: a batch needs as many sources as targets, and no more rows of either than its pass has room for", embeddings.Batch{B: 2, T: 1, Inputs: []int{2, 2}, Targets: []int{2}})
	panics("translate: a source holds nothing but padding", embeddings.Batch{B: 2, T: 1, Inputs: []int{2, 0}, Targets: []int{2, 2}})
	require.PanicsWithValue(t, "translate: a cache needs at least one source", func() { greedy(m, nil, 5) })
}

func TestConfig(t *testing.T) {
	require.NoError(t, small.Validate())
	for want, spoil := range map[string]func(c *translate.Config){
		"translate: vocabulary is 2; it must be 3 to 1048576":                                        func(c *translate.Config) { c.Vocab = 2 },
		"translate: width is 0; it must be 1 to 1048576":                                             func(c *translate.Config) { c.Width = 0 },
		"translate: width 16 is not divisible by 5 heads":                                            func(c *translate.Config) { c.Heads = 5 },
		"translate: more weights than any computer holds":                                            func(c *translate.Config) { c.Width, c.Hidden = 1<<20, 1<<20 },
		"translate: layers of the decoder is -1; it must be 1 to 1048576":                            func(c *translate.Config) { c.Decoder = -1 },
		"translate: the width is 15; positions are pairs of a sine and a cosine, so it must be even": func(c *translate.Config) { c.Width, c.Heads = 15, 3 },
	} {
		c := small
		spoil(&c)
		require.EqualError(t, c.Validate(), want)
		require.PanicsWithValue(t, want, func() { translate.New(c) })
	}
}

// Weights are small where they begin, and norms do nothing.
func TestInit(t *testing.T) {
	m := translate.New(translate.Config{Vocab: 50, Width: 64, Hidden: 256, Heads: 4, Encoder: 1, Decoder: 1, FinalNorm: true})
	m.Init(rand.New(rand.NewPCG(1, 1)))
	var total int
	for _, p := range m.Params() {
		total += len(p.Data)
		want := map[int]float64{1: 0, 2: math.Sqrt(2. / float64(sum(p.Shape)))}[len(p.Shape)]
		switch {
		case p.Name == "embedding.weight":
			want = 1. / 8
		case strings.HasSuffix(p.Name, "in_proj_weight"):
			want = .8 / 8
		case strings.Contains(p.Name, "norm") && strings.HasSuffix(p.Name, "weight"):
			want = 1
		}
		require.InDelta(t, want, math.Sqrt(f32.SquaredNorm(p.Data)/float64(len(p.Data))), .1*want, p.Name)
	}
	require.Equal(t, 50*64+3*4*64*(64+1)+2*(2*64*256+256+64)+(2+3+2)*2*64, total)
	require.Equal(t, gpt.Param{Name: "embedding.weight", Shape: []int{50, 64}, Data: m.Tokens.Data}, m.Params()[0])
}

func sum(x []int) (total int) {
	for _, v := range x {
		total += v
	}
	return total
}
