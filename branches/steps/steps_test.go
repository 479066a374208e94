package steps_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/llama"
	"github.com/llm-from-scratch/llm/branches/steps"
	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	attention "github.com/llm-from-scratch/llm/ch03_attention"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/allocs"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/gradcheck"
)

var small = gpt.Config{Vocab: 40, Context: 16, Width: 12, Heads: 2, Layers: 3, QKVBias: true, TiedHead: true}

func named(t *testing.T, name string, sizes gpt.Config) steps.Config {
	c, ok := steps.Named(name, sizes)
	require.True(t, ok, name)
	require.NoError(t, c.Validate())
	return c
}

// randomize draws all weights, biases and norms too.
func randomize(params []gpt.Param, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 9))
	for _, p := range params {
		gradcheck.Fill(p.Data, rng, .3)
		for i := range p.Data {
			if strings.Contains(p.Name, "ln_") && strings.HasSuffix(p.Name, ".weight") {
				p.Data[i]++
			}
		}
	}
}

func randomIDs(n int) (ids []int) {
	rng := rand.New(rand.NewPCG(1, 10))
	for range n {
		ids = append(ids, rng.IntN(small.Vocab))
	}
	return ids
}

// A result is the logits of a batch, and the gradients of their sum times weights.
type result struct {
	logits blas32.General
	grads  map[string]gpt.Param
}

func run(m gpt.Network, trains func(string) bool, dropout float32) result {
	const N, T = 16, 8
	r := result{logits: f32.New(N, small.Vocab), grads: map[string]gpt.Param{}}
	p := m.NewPass(trains, 3, T)
	for range 2 { // the second time in a room that is not empty
		hidden := p.Forward(randomIDs(N), T, attention.NewDropout(dropout, rand.NewPCG(6, 6)))
		m.Logits(r.logits, hidden)
		weights, dhidden := f32.New(N, small.Vocab), f32.New(N, small.Width)
		gradcheck.Fill(weights.Data, rand.New(rand.NewPCG(7, 7)), 1)
		for _, g := range p.Grads() {
			clear(g.Data)
		}
		p.LogitsBackward(dhidden, weights, hidden)
		p.Backward(dhidden)
	}
	for _, g := range p.Grads() {
		r.grads[g.Name] = g
	}
	return r
}

// With nothing of today chosen the model is chapter 4's, bit for bit: names, first
// weights, logits and gradients.
func TestTheFirstIsGPT2(t *testing.T) {
	want, got := gpt.New(small), steps.New(named(t, "gpt2", small))
	want.Init(rand.New(rand.NewPCG(1, 0)))
	got.Init(rand.New(rand.NewPCG(1, 0)))
	require.Equal(t, want.Params(), got.Params())
	randomize(want.Params(), 1)
	randomize(got.Params(), 1)
	for _, dropout := range []float32{0, .2} {
		require.Equal(t, run(want, nil, dropout), run(got, nil, dropout))
	}
}

// llamaNames says where a llama.Model has the parts of the last station: the matrices
// of attention lie the other way round.
var llamaNames = map[string]string{
	"ln_1.weight": "input_layernorm.weight", "attn.c_proj.weight": "self_attn.o_proj.weight", "ln_2.weight": "post_attention_layernorm.weight",
	"mlp.gate.weight": "mlp.gate_proj.weight", "mlp.up.weight": "mlp.up_proj.weight", "mlp.c_proj.weight": "mlp.down_proj.weight",
}

// parts are the parameters of the last station, or their gradients, as a llama.Model has them.
func parts(params []gpt.Param, c llama.Config) map[string][]float32 {
	all := map[string][]float32{}
	for _, p := range params {
		level, rest := 0, ""
		_, err := fmt.Sscanf(p.Name, "h.%d.%s", &level, &rest)
		at := fmt.Sprintf("model.layers.%d.", level)
		switch {
		case p.Name == "wte.weight":
			all["model.embed_tokens.weight"] = p.Data
		case err != nil:
			all["model.norm.weight"] = p.Data
		case rest == "attn.c_attn.weight":
			m, C, end := f32.View(p.Data, p.Shape[0], p.Shape[1]), c.Width, c.Width+c.KVHeads*c.HeadDim
			for name, cols := range map[string]blas32.General{"q": f32.Cols(m, 0, C), "k": f32.Cols(m, C, end), "v": f32.Cols(m, end, m.Cols)} {
				all[at+"self_attn."+name+"_proj.weight"] = transposed(cols)
			}
		case rest == "attn.c_proj.weight":
			all[at+llamaNames[rest]] = transposed(f32.View(p.Data, p.Shape[0], p.Shape[1]))
		default:
			all[at+llamaNames[rest]] = p.Data
		}
	}
	return all
}

func transposed(m blas32.General) (data []float32) {
	for j := range m.Cols {
		for i := range m.Rows {
			data = append(data, f32.Row(m, i)[j])
		}
	}
	return data
}

// near is equal to a hundred-thousandth of the largest: sums of other lengths round
// differently.
func near(t *testing.T, what string, want, got []float32) {
	require.InDeltaSlice(t, want, got, 1e-5*float64(slices.Max(want)), what)
}

// With all of it chosen, and the same weights, it is branches/llama's up to rounding: that
// adds up the gradients of three products, where here is one.
func TestTheLastIsLlama(t *testing.T) {
	c := named(t, "llama", small)
	require.Equal(t, 1, c.KVHeads)
	got, want := steps.New(c), llama.New(c.Llama())
	randomize(got.Params(), 1)
	weights := parts(got.Params(), want.Config)
	for _, p := range want.Params() {
		require.Len(t, weights[p.Name], len(p.Data), p.Name)
		copy(p.Data, weights[p.Name])
	}
	for _, dropout := range []float32{0, .2} {
		w, g := run(want, nil, dropout), run(got, nil, dropout)
		near(t, "logits", w.logits.Data, g.logits.Data)
		var grads []gpt.Param
		for _, p := range g.grads {
			grads = append(grads, p)
		}
		found := parts(grads, want.Config)
		require.Len(t, found, len(w.grads))
		for name, p := range w.grads {
			near(t, name, p.Data, found[name])
		}
	}
}

// Every station's gradients, along a random direction for each parameter.
func TestGradients(t *testing.T) {
	for _, name := range steps.Names {
		m := steps.New(named(t, name, small))
		randomize(m.Params(), 3)
		weights := f32.New(16, small.Vocab)
		gradcheck.Fill(weights.Data, rand.New(rand.NewPCG(7, 7)), 1)
		grads := run(m, nil, .2).grads
		for _, p := range m.Params() {
			gradcheck.Check(t, name+" "+p.Name, p.Data, grads[p.Name].Data, func() (sum float64) {
				for i, l := range run(m, gpt.Frozen, .2).logits.Data {
					sum += float64(l) * float64(weights.Data[i])
				}
				return sum
			}, 5e-3)
		}
	}
}

// Frozen parameters have no gradient, and those of the rest stay the same.
func TestFrozen(t *testing.T) {
	for _, name := range steps.Names {
		m := steps.New(named(t, name, small))
		randomize(m.Params(), 3)
		all := run(m, nil, 0).grads
		for _, part := range []string{"wte", "wpe", "h.1.", "h.2.ln_2", "mlp", "ln_f"} {
			for _, p := range run(m, func(name string) bool { return strings.Contains(name, part) }, 0).grads {
				if strings.Contains(p.Name, part) {
					require.Equal(t, all[p.Name], p, name)
				} else {
					require.Nil(t, p.Data, name+" "+p.Name)
				}
			}
		}
	}
}

// All stations have as many parameters as GPT-2, as near as a width can make it, and
// one part more each.
func TestNamed(t *testing.T) {
	sizes := gpt.Config{Vocab: 1024, Context: 128, Width: 128, Heads: 4, Layers: 4, QKVBias: true, TiedHead: true}
	want := sizes.ParamCount()
	for i, name := range steps.Names {
		c := named(t, name, sizes)
		chosen := 0
		for _, today := range []bool{c.RMSNorm, c.SwiGLU, c.NoBias, c.Rotary, c.KVHeads < c.Heads} {
			if today {
				chosen++
			}
		}
		require.Equal(t, i, chosen, name)
		require.InEpsilon(t, want, c.ParamCount(), .002, name)
	}
	_, ok := steps.Named("bert", sizes)
	require.False(t, ok)
	sizes.Heads = 128
	c, ok := steps.Named("rotary", sizes)
	require.True(t, ok)
	require.EqualError(t, c.Validate(), "steps: the width of a head is 1; its columns turn in pairs, so it must be even")
}

// A cache gives the logits of the whole text, however it was read.
func TestCache(t *testing.T) {
	for _, name := range steps.Names {
		m := steps.New(named(t, name, small))
		randomize(m.Params(), 3)
		ids, cache := randomIDs(16), m.NewCache()
		cache.Extend(ids[:9])
		cache.Truncate(5)
		cache.Extend(ids[5:15])
		got := cache.Extend(ids[15:])
		hidden, logits := m.NewPass(gpt.Frozen, 1, 16).Forward(ids, 16, nil), f32.New(16, small.Vocab)
		m.Logits(logits, hidden)
		require.InDeltaSlice(t, f32.Row(logits, 15), got, 1e-4, name)
		require.Equal(t, 16, cache.Len())
		require.Panics(t, func() { cache.Extend(ids[:1]) })
		require.Panics(t, func() { cache.Truncate(17) })
	}
}

// What is saved is read back, with every switch, and what does not fit is refused.
func TestFiles(t *testing.T) {
	bpe, err := tokens.TrainBPE("the rays of light", 260)
	require.NoError(t, err)
	for _, name := range steps.Names {
		dir := t.TempDir()
		m := steps.New(named(t, name, small))
		randomize(m.Params(), 3)
		require.NoError(t, pretrain.SaveModel(dir, m, bpe))
		read, err := steps.Load(os.DirFS(dir), dir)
		require.NoError(t, err)
		require.Equal(t, m.Config, read.Config)
		require.Equal(t, m.Params(), read.Params())

		config, err := os.ReadFile(dir + "/config.json")
		require.NoError(t, err)
		for old, to := range map[string][2]string{
			`"layers": 3`: {`"layers": 2`, "h.2."},
			`"heads": 2`:  {`"heads": 5`, "divisible"},
			`"llm-steps"`: {`"gpt2"`, `model_type is "gpt2"`},
			`"width": 12`: {`"width": 24`, "wte.weight"},
			`"rmsnorm":`:  {`"norm":`, "norm"},
		} {
			require.Contains(t, string(config), old)
			require.NoError(t, os.WriteFile(dir+"/config.json", []byte(strings.Replace(string(config), old, to[0], 1)), 0o666))
			_, err := steps.Load(os.DirFS(dir), dir)
			require.ErrorContains(t, err, dir)
			require.ErrorContains(t, err, to[1])
		}
	}
}

// Training allocates nothing that grows.
func TestStepAllocatesNothing(t *testing.T) {
	m := steps.New(named(t, "llama", small))
	randomize(m.Params(), 3)
	p, ids, dhidden := m.NewPass(nil, 2, 8), randomIDs(16), f32.New(16, small.Width)
	require.LessOrEqual(t, allocs.Bytes(func() {
		p.Forward(ids, 8, nil)
		p.Backward(dhidden)
	}), allocs.Step)
}
