package quantize_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/layers"
	"github.com/llm-from-scratch/llm/branches/llama"
	quantize "github.com/llm-from-scratch/llm/branches/quantize"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/allocs"
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

func TestRow(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 22))
	for _, size := range []float64{1e-6, 1, 1e6} {
		x, q := make([]float32, 300), make([]int8, 300)
		for i := range x {
			x[i] = float32(size * rng.NormFloat64())
		}
		scale := quantize.Row(q, x)
		var largest int8
		for i, v := range x {
			require.InDelta(t, v, float32(q[i])*scale, .5001*float64(scale))
			largest = max(largest, q[i], -q[i])
		}
		require.EqualValues(t, 127, largest)
	}
	q := []int8{1, 2}
	require.Zero(t, quantize.Row(q, []float32{0, 0}))
	require.Equal(t, []int8{0, 0}, q)
}

// dequantized returns a copy of m whose matrices have gone through a byte.
func dequantized(m *gpt.Model) *gpt.Model {
	other := gpt.New(m.Config)
	for i, p := range m.Params() {
		copy(other.Params()[i].Data, p.Data)
	}
	line := func(w blas32.General, at, n, step int) {
		x, q := make([]float32, n), make([]int8, n)
		for i := range x {
			x[i] = w.Data[at+i*step]
		}
		scale := quantize.Row(q, x)
		for i, v := range q {
			w.Data[at+i*step] = scale * float32(v)
		}
	}
	columns := func(w blas32.General) {
		for j := range w.Cols {
			line(w, j, w.Rows, w.Stride)
		}
	}
	rows := func(w blas32.General) {
		for i := range w.Rows {
			line(w, i*w.Stride, w.Cols, 1)
		}
	}
	rows(other.Embedding.Tokens)
	if !m.Config.TiedHead {
		rows(other.Head)
	}
	for _, b := range other.Blocks {
		columns(b.Attention.QKV.W)
		columns(b.Attention.Proj.W)
		columns(b.MLP.Fc.W)
		columns(b.MLP.Proj.W)
	}
	return other
}

// An Int8Model computes what a model with its rounded weights does, however a
// text is cut: one by one, by a few, by many.
func TestInt8IsAModelOfRoundedWeights(t *testing.T) {
	for _, tied := range []bool{true, false} {
		c := small
		c.Context, c.TiedHead = 150, tied
		m, ids := randomModel(c, 31), randomIDs(150, c.Vocab, 31)
		rounded, bytes := dequantized(m), quantize.Int8(m)
		for _, pieces := range [][]int{{1, 1, 3}, {6, 7}, {150}, {100, 1}} {
			want, got := rounded.NewCache(), bytes.NewCache()
			for _, n := range pieces {
				require.InDeltaSlice(t, want.Extend(ids[:n]), got.Extend(ids[:n]), 2e-4, "%v", pieces)
			}
		}
	}
}

// The rounding is seen in the logits, but little of it.
func TestInt8IsCloseToTheModel(t *testing.T) {
	c := small
	c.Width, c.Context = 64, 40
	m, ids := randomModel(c, 32), randomIDs(40, c.Vocab, 32)
	want, got := m.NewCache().Extend(ids), quantize.Int8(m).NewCache().Extend(ids)
	var size, off float64
	for i := range want {
		size += float64(want[i]) * float64(want[i])
		off += math.Pow(float64(want[i]-got[i]), 2)
	}
	require.Less(t, math.Sqrt(off/size), .02)
	require.Greater(t, off, 0.)
}

func TestInt8Allocation(t *testing.T) {
	m, ids := quantize.Int8(randomModel(small, 33)), randomIDs(12, small.Vocab, 33)
	cache := m.NewCache()
	require.Less(t, allocs.Bytes(func() {
		cache.Truncate(0)
		cache.Extend(ids[:8])
		cache.Extend(ids[8:9])
	}), allocs.Step)
}

func TestInt8Writes(t *testing.T) {
	m := quantize.Int8(randomModel(small, 34))
	text := randomIDs(3, small.Vocab, 34)
	for id := range gpt.Continue(m, m.NewCache(), text, func(logits []float32, _ []int) int { return gpt.Argmax(logits) }) {
		if text = append(text, id); len(text) == 20 { // beyond the context
			break
		}
	}
	require.Equal(t, gpt.Argmax(m.NewCache().Extend(text[7:19])), text[19])
}

// Every parameter but the positions is read for every token, and an untied
// embedding's rows are looked up.
func TestDecodeBytes(t *testing.T) {
	for _, tied := range []bool{true, false} {
		c := small
		c.TiedHead = tied
		want := 0
		for _, p := range gpt.New(c).Params() {
			if p.Name != "wpe.weight" && (tied || p.Name != "wte.weight") {
				want += 4 * len(p.Data)
			}
		}
		floats, bytes := quantize.DecodeBytes(c)
		require.Equal(t, want, floats)
		require.Less(t, bytes, floats)
	}
}

// A token reads all weights once, as in chapter 4's benchmark of this name.
func BenchmarkDecode(b *testing.B) {
	c := gpt.GPT2Small
	_, bytes := quantize.DecodeBytes(c)
	b.Run("124M-int8", func(b *testing.B) {
		m := gpt.New(c)
		m.Init(rand.New(rand.NewPCG(9, 4)))
		decode(b, quantize.Int8(m), bytes)
	})
	smol := llama.Config{
		Vocab: 49152, Context: 2048, Width: 576, Hidden: 1536, Layers: 30, Heads: 9, KVHeads: 3, HeadDim: 64,
		Rotary: layers.Rotary{Theta: 100000}, Epsilon: 1e-5, TiedHead: true,
	}
	b.Run("SmolLM2-float32", func(b *testing.B) {
		m := llama.New(smol)
		m.Init(rand.New(rand.NewPCG(9, 4)))
		decode(b, m, 4*smol.ParamCount())
	})
	b.Run("SmolLM2-int8", func(b *testing.B) {
		m := llama.New(smol)
		m.Init(rand.New(rand.NewPCG(9, 4)))
		decode(b, quantize.Llama(m), smol.ParamCount())
	})
}

func decode(b *testing.B, m gpt.Decoder, bytes int) {
	cache, id := m.NewCache(), []int{1}
	cache.Extend(id)
	for b.Loop() {
		if cache.Len() == m.Sizes().Context {
			cache.Truncate(0)
		}
		cache.Extend(id)
	}
	rate := float64(b.N) / b.Elapsed().Seconds()
	b.ReportMetric(rate, "tok/s")
	b.ReportMetric(rate*float64(bytes)/1e9, "GB/s")
}
