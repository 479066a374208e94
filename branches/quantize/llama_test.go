package quantize_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/layers"
	"github.com/llm-from-scratch/llm/branches/llama"
	quantize "github.com/llm-from-scratch/llm/branches/quantize"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/allocs"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/gguf"
	"github.com/llm-from-scratch/llm/internal/golden"
	"github.com/llm-from-scratch/llm/internal/gradcheck"
)

// today has all the options of its families.
var today = llama.Config{
	Vocab: 40, Context: 300, Width: 24, Hidden: 40, Layers: 2, Heads: 6, KVHeads: 3, HeadDim: 4,
	QKVBias: true, OutBias: true, MLPBias: true, QKNorm: true, Rotary: layers.Rotary{Theta: 10000}, Epsilon: 1e-5,
}

func randomLlama(c llama.Config) *llama.Model {
	m := llama.New(c)
	for i, p := range m.Params() {
		gradcheck.Fill(p.Data, rand.New(rand.NewPCG(uint64(i), 9)), .3)
		for j := range p.Data {
			if strings.HasSuffix(p.Name, "norm.weight") {
				p.Data[j]++
			}
		}
	}
	return m
}

// rounded is a copy of m whose matrices have gone through a byte.
func rounded(m *llama.Model) *llama.Model {
	other := llama.New(m.Config)
	for i, p := range other.Params() {
		copy(p.Data, m.Params()[i].Data)
		if len(p.Shape) == 2 {
			q := make([]int8, p.Shape[1])
			for row := range p.Shape[0] {
				x := p.Data[row*len(q):][:len(q)]
				scale := quantize.Row(q, x)
				for j, v := range q {
					x[j] = scale * float32(v)
				}
			}
		}
	}
	return other
}

// A model of bytes computes what one with the rounded weights does, forward and
// backward, and however a text is cut.
func TestLlamaIsAModelOfRoundedWeights(t *testing.T) {
	for _, tied := range []bool{true, false} {
		c := today
		c.TiedHead = tied
		m, ids := randomLlama(c), randomIDs(300, c.Vocab, 31)
		before := m.Params()[0].Data[0]
		want, got := rounded(m), quantize.Llama(m)
		for _, pieces := range [][]int{{1, 1, 3}, {6, 7}, {300}, {256, 1}} {
			a, b := want.NewCache(), got.NewCache()
			for _, n := range pieces {
				require.InDeltaSlice(t, a.Extend(ids[:n]), b.Extend(ids[:n]), 1e-3, "%v", pieces)
			}
		}
		norms := func(name string) bool { return strings.HasSuffix(name, "norm.weight") }
		grads := func(m *llama.Model) map[string][]float32 {
			p, dlogits, dhidden := m.NewPass(norms, 2, 8), f32.New(16, c.Vocab), f32.New(16, c.Width)
			gradcheck.Fill(dlogits.Data, rand.New(rand.NewPCG(7, 7)), 1)
			p.LogitsBackward(dhidden, dlogits, p.Forward(ids[:16], 8, nil))
			p.Backward(dhidden)
			byName := map[string][]float32{}
			for _, g := range p.Grads() {
				if g.Data != nil {
					byName[g.Name] = g.Data
				}
			}
			return byName
		}
		theirs := grads(want)
		require.Len(t, theirs, 4*c.Layers+1)
		for name, g := range grads(got) {
			golden.Close(t, name, g, theirs[name], 1e-4)
			delete(theirs, name)
		}
		require.Empty(t, theirs)
		require.Equal(t, before, m.Params()[0].Data[0], "the model itself has not changed")
		require.ErrorContains(t, got.WriteConfig(new(bytes.Buffer)), "matrices of bytes")
		require.NoError(t, m.WriteConfig(new(bytes.Buffer)))
	}
}

func TestLlamaAllocation(t *testing.T) {
	m, ids := quantize.Llama(randomLlama(today)), randomIDs(12, today.Vocab, 33)
	cache := m.NewCache()
	require.Less(t, allocs.Bytes(func() {
		cache.Truncate(0)
		cache.Extend(ids[:8])
		cache.Extend(ids[8:9])
	}), allocs.Step)
}

func loadSmolLM2(t testing.TB) *llama.Model {
	f, err := gguf.Open(golden.Model(t, "smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"))
	require.NoError(t, err)
	defer f.Close()
	m, err := llama.LoadGGUF(f)
	require.NoError(t, err)
	return m
}

// SmolLM2 in bytes: its logits move in the second digit, and it says the same.
func TestLlamaOfARealModel(t *testing.T) {
	m := loadSmolLM2(t)
	prompt := []int{504, 4408, 282, 6042, 314} // The capital of France is
	logits := m.NewCache().Extend(prompt)
	want := append([]float32(nil), logits...)
	q := quantize.Llama(m)
	got := q.NewCache().Extend(prompt)
	require.Equal(t, gpt.Argmax(want), gpt.Argmax(got))
	var size, off float64
	for i := range want {
		size += float64(want[i]) * float64(want[i])
		off += math.Pow(float64(want[i]-got[i]), 2)
	}
	require.Less(t, math.Sqrt(off/size), .1)
}
