package llama_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/layers"
	"github.com/llm-from-scratch/llm/branches/llama"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/allocs"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/gradcheck"
)

var small = llama.Config{
	Vocab: 40, Context: 300, Width: 12, Hidden: 20, Layers: 3, Heads: 4, KVHeads: 2, HeadDim: 4,
	Rotary: layers.Rotary{Theta: 10000}, Epsilon: 1e-5, TiedHead: true,
}

func randomModel(c llama.Config, seed uint64) *llama.Model {
	m, rng := llama.New(c), rand.New(rand.NewPCG(seed, 9))
	for _, p := range m.Params() {
		gradcheck.Fill(p.Data, rng, .3)
		for i := range p.Data {
			if strings.HasSuffix(p.Name, "norm.weight") {
				p.Data[i]++
			}
		}
	}
	return m
}

func randomIDs(n int, seed uint64) (ids []int) {
	rng := rand.New(rand.NewPCG(seed, 10))
	for range n {
		ids = append(ids, rng.IntN(small.Vocab))
	}
	return ids
}

func forgetting(p float32) *attention.Dropout { return attention.NewDropout(p, rand.NewPCG(6, 6)) }

// gradientOf is the gradient of the sum of all logits times weights.
func gradientOf(p gpt.Pass, ids []int, T int, weights blas32.General, drop *attention.Dropout) []gpt.Param {
	hidden := p.Forward(ids, T, drop)
	dhidden := f32.New(hidden.Rows, hidden.Cols)
	p.LogitsBackward(dhidden, weights, hidden)
	p.Backward(dhidden)
	return p.Grads()
}

func TestGradients(t *testing.T) {
	for name, change := range map[string]func(c *llama.Config){
		"llama": func(*llama.Config) {},
		"all options": func(c *llama.Config) {
			c.QKVBias, c.OutBias, c.MLPBias, c.QKNorm, c.TiedHead, c.HeadDim = true, true, true, true, false, 6
		},
	} {
		for _, dropout := range []float32{0, .2} {
			t.Run(fmt.Sprintf("%s, dropout %v", name, dropout), func(t *testing.T) {
				c := small
				change(&c)
				m, ids := randomModel(c, 3), randomIDs(16, 3)
				p, weights := m.NewPass(nil, 2, 8), f32.New(16, c.Vocab)
				gradcheck.Fill(weights.Data, rand.New(rand.NewPCG(7, 7)), 1)
				grads := gradientOf(p, ids, 8, weights, forgetting(dropout))
				for i, param := range m.Params() {
					if strings.HasSuffix(param.Name, "k_proj.bias") && !c.QKNorm {
						continue
					}
					gradcheck.Check(t, param.Name, param.Data, grads[i].Data, func() float64 {
						logits := f32.New(16, c.Vocab)
						m.Logits(logits, p.Forward(ids, 8, forgetting(dropout)))
						var sum float64
						for i, l := range logits.Data {
							sum += float64(l) * float64(weights.Data[i])
						}
						return sum
					}, 5e-3)
				}
			})
		}
	}
}

// What is frozen has no gradient, and the gradients of the rest stay the same.
func TestFrozen(t *testing.T) {
	m, ids, weights := randomModel(small, 4), randomIDs(10, 4), f32.New(10, small.Vocab)
	gradcheck.Fill(weights.Data, rand.New(rand.NewPCG(8, 8)), 1)
	all := gradientOf(m.NewPass(nil, 1, 10), ids, 10, weights, nil)
	for _, trained := range []string{"model.norm.weight", "model.layers.2.", "model.layers.1.self_attn.k_proj", "model.embed_tokens.weight", "nothing"} {
		for i, p := range gradientOf(m.NewPass(func(name string) bool { return strings.HasPrefix(name, trained) }, 1, 10), ids, 10, weights, nil) {
			if strings.HasPrefix(p.Name, trained) {
				require.Equal(t, all[i].Data, p.Data, p.Name)
			} else {
				require.Nil(t, p.Data, p.Name)
			}
		}
	}
}

// Whatever way a text is cut into pieces, the cache knows the same.
func TestCacheEqualsRecomputation(t *testing.T) {
	c := small
	c.QKNorm = true
	m, ids := randomModel(c, 1), randomIDs(300, 1)
	hidden := m.NewPass(gpt.Frozen, 1, 300).Forward(ids, 300, nil)
	logits := f32.New(300, c.Vocab)
	m.Logits(logits, hidden)
	cache := m.NewCache()
	for _, pieces := range [][]int{{1, 1, 1, 2, 3}, {64, 200}, {257, 1}, {300}, {255, 2, 43}} {
		cache.Truncate(0)
		at := 0
		for _, n := range pieces {
			got := cache.Extend(ids[at : at+n])
			at += n
			require.InDeltaSlice(t, f32.Row(logits, at-1), got, 1e-4, "%v, after %d ids", pieces, at)
		}
		require.Equal(t, at, cache.Len())
	}
	cache.Truncate(100)
	require.InDeltaSlice(t, f32.Row(logits, 199), cache.Extend(ids[100:200]), 1e-4)
}

func TestBitsDoNotDependOnCores(t *testing.T) {
	m, ids, weights := randomModel(small, 5), randomIDs(4*64, 5), f32.New(4*64, small.Vocab)
	gradcheck.Fill(weights.Data, rand.New(rand.NewPCG(9, 9)), 1)
	var results [2][]gpt.Param
	for i := range results {
		before := runtime.GOMAXPROCS(i + 1)
		results[i] = gradientOf(m.NewPass(nil, 4, 64), ids, 64, weights, forgetting(.1))
		runtime.GOMAXPROCS(before)
	}
	require.Equal(t, results[0], results[1])
}

func TestAllocation(t *testing.T) {
	m, ids, drop := randomModel(small, 6), randomIDs(16, 6), forgetting(.1)
	p, logits, dhidden := m.NewPass(nil, 2, 8), f32.New(16, small.Vocab), f32.New(16, small.Width)
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
		greedy := func(logits []float32, _ []int) int { return gpt.Argmax(logits) }
		for id := range gpt.Continue(m, m.NewCache(), randomIDs(5, seed), greedy) {
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

func TestMisuse(t *testing.T) {
	m := llama.New(small)
	p, cache := m.NewPass(nil, 1, 6), m.NewCache()
	const badBatch = "llama: the batch is not whole sequences of T ids, or is larger than its pass"
	require.PanicsWithValue(t, badBatch, func() { p.Forward(make([]int, 7), 7, nil) })
	require.PanicsWithValue(t, badBatch, func() { p.Forward(make([]int, 5), 3, nil) })
	const badExtend = "llama: Extend needs at least one id, and room for all of them in the context"
	require.PanicsWithValue(t, badExtend, func() { cache.Extend(nil) })
	require.PanicsWithValue(t, badExtend, func() { cache.Extend(make([]int, 301)) })
	require.PanicsWithValue(t, "llama: Truncate keeps no more tokens than the cache has read", func() { cache.Truncate(1) })
	require.Panics(t, func() { cache.Extend([]int{small.Vocab}) })
}

func TestValidate(t *testing.T) {
	for want, change := range map[string]func(c *llama.Config){
		"llama: width is 0; it must be at least 1":                                          func(c *llama.Config) { c.Width = 0 },
		"llama: heads of the keys is -1; it must be at least 1":                             func(c *llama.Config) { c.KVHeads = -1 },
		"llama: 4 heads of queries cannot share 3 heads of keys evenly":                     func(c *llama.Config) { c.KVHeads = 3 },
		"llama: the width of a head is 3; its columns turn in pairs, so it must be even":    func(c *llama.Config) { c.HeadDim = 3 },
		"llama: theta is 0 and epsilon 1e-05; theta must be above 0, and epsilon 0 or more": func(c *llama.Config) { c.Rotary.Theta = 0 },
		"llama: more weights than any computer holds":                                       func(c *llama.Config) { c.Hidden = 1 << 50 },
	} {
		c := small
		change(&c)
		require.EqualError(t, c.Validate(), want)
		require.Panics(t, func() { llama.New(c) })
	}
	require.NoError(t, small.Validate())
}
