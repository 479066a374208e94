package lora

import (
	"context"
	"iter"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/layers"
	"github.com/llm-from-scratch/llm/branches/llama"
	quantize "github.com/llm-from-scratch/llm/branches/quantize"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/allocs"
	"github.com/llm-from-scratch/llm/internal/golden"
	"github.com/llm-from-scratch/llm/internal/gradcheck"
)

var today = llama.Config{
	Vocab: 40, Context: 64, Width: 24, Hidden: 40, Layers: 3, Heads: 6, KVHeads: 3, HeadDim: 4, QKNorm: true,
	Rotary: layers.Rotary{Theta: 10000}, Epsilon: 1e-5, TiedHead: true,
}

// randomLlama has weights large enough to matter.
func randomLlama(c llama.Config) *llama.Model {
	m := llama.New(c)
	for _, p := range m.Params() {
		gradcheck.Fill(p.Data, seeded(4), .3)
		for i := range p.Data {
			if strings.HasSuffix(p.Name, "norm.weight") {
				p.Data[i]++
			}
		}
	}
	return m
}

// changed is a model that shares m's weights and has changes that are something.
func changed(m *llama.Model, s Settings) *llama.Model {
	m = m.Share()
	Attach(m, s, seeded(7))
	for _, p := range m.Params() {
		gradcheck.Fill(p.Data, seeded(uint64(len(p.Data))), .2)
	}
	return m
}

func someText(B, T int) embeddings.Batch {
	rng := seeded(8)
	b := embeddings.Batch{B: B, T: T}
	for range B * T {
		b.Inputs, b.Targets = append(b.Inputs, rng.IntN(today.Vocab)), append(b.Targets, rng.IntN(today.Vocab))
	}
	return b
}

var four = Settings{Rank: 4, Alpha: 6}

// Until something is learned a model with changes is the model, bit for bit, and the
// one that it shares its weights with never notices.
func TestAttachedIsNothingAtFirst(t *testing.T) {
	base, b := randomLlama(today), someText(2, 8)
	m := base.Share()
	Attach(m, four, seeded(7))
	want := pretrain.NewLanguageModel(base, gpt.Frozen, b.B, b.T).Loss(b)
	l := pretrain.NewLanguageModel(m, nil, b.B, b.T)
	require.Equal(t, want, l.Loss(b))
	before := snapshot(base.Params())
	o := pretrain.NewOptimizer(pretrain.DefaultAdamW, l.Params(), l.Grads())
	for range 30 {
		l.Learn(b, 1, nil)
		o.Step(3e-3, 1)
	}
	require.Less(t, l.Loss(b), want/2)
	require.Equal(t, before, snapshot(base.Params()))
	require.Equal(t, want, pretrain.NewLanguageModel(base, gpt.Frozen, b.B, b.T).Loss(b))
}

// Changes beside the matrices are those that are merged into them.
func TestMergedIsEqual(t *testing.T) {
	for _, targets := range [][]string{nil, {"q_proj", "v_proj"}, {"self_attn.o_proj", "down_proj"}} {
		base, b := randomLlama(today), someText(2, 8)
		plain := pretrain.NewLanguageModel(base, gpt.Frozen, b.B, b.T).Loss(b)
		m := changed(base, Settings{Rank: 4, Alpha: 6, Targets: targets})
		beside := pretrain.NewLanguageModel(m, nil, b.B, b.T).Loss(b)
		require.Greater(t, math.Abs(beside-plain), .005)
		Merge(m)
		require.Len(t, m.Params(), len(base.Params()))
		require.InDelta(t, beside, pretrain.NewLanguageModel(m, nil, b.B, b.T).Loss(b), 1e-4)
	}
}

// Their gradients are those of chapter 6, which come from that of the merged matrix.
func TestGradientsAreThoseOfTheMergedForm(t *testing.T) {
	base, b := randomLlama(today), someText(2, 8)
	m := changed(base, four)
	l := pretrain.NewLanguageModel(m, nil, b.B, b.T)
	l.Learn(b, 1, nil)
	merged := randomLlama(today) // as base, and of its own
	whole := pretrain.NewLanguageModel(merged, Changes, b.B, b.T)
	Merge(changeLike(merged, m))
	whole.Learn(b, 1, nil)
	dw := snapshot(whole.Grads())
	i := 0
	for _, layer := range m.Linears() {
		c := layer.Change
		out, in, r := layer.W.Rows, layer.W.Cols, four.Rank
		w := blas32.General{Rows: out, Cols: in, Stride: in, Data: dw[layer.Name+".weight"]}
		dA, dB := make([]float32, r*in), make([]float32, out*r)
		for o := range out { // dA += s·Bᵀ dW, dB += s·dW Aᵀ
			for j := range in {
				for k := range r {
					dA[k*in+j] += c.Scale() * c.B.Data[o*r+k] * w.Data[o*in+j]
					dB[o*r+k] += c.Scale() * c.A.Data[k*in+j] * w.Data[o*in+j]
				}
			}
		}
		golden.Close(t, layer.Name, l.Grads()[i].Data, dA, 1e-4)
		golden.Close(t, layer.Name, l.Grads()[i+1].Data, dB, 1e-4)
		i += 2
	}
	require.Len(t, l.Grads(), i)
}

// changeLike gives m the changes of other.
func changeLike(m, other *llama.Model) *llama.Model {
	theirs := map[string]*layers.LowRank{}
	for _, l := range other.Linears() {
		theirs[l.Name] = l.Change
	}
	for _, l := range m.Linears() {
		l.Change = theirs[l.Name]
	}
	return m
}

// Over matrices of floats and of bytes.
func TestGradientsOfChanges(t *testing.T) {
	base, b := randomLlama(today), someText(2, 8)
	for name, base := range map[string]*llama.Model{"float32": base, "bytes": quantize.Llama(base)} {
		m := changed(base, four)
		l := pretrain.NewLanguageModel(m, nil, b.B, b.T)
		l.Learn(b, 1, nil)
		require.Len(t, l.Params(), 2*7*today.Layers)
		for i, p := range l.Params() {
			require.Equal(t, p.Name, l.Grads()[i].Name)
			gradcheck.Check(t, name+" "+p.Name, p.Data, l.Grads()[i].Data, func() float64 { return l.Loss(b) }, 3e-3)
		}
	}
}

// A step with changes allocates nothing large, and the pass has no gradient but theirs.
func TestAllocationOfAStepWithChanges(t *testing.T) {
	b := someText(2, 8)
	for _, base := range []*llama.Model{randomLlama(today), quantize.Llama(randomLlama(today))} {
		l := pretrain.NewLanguageModel(changed(base, four), nil, b.B, b.T)
		require.Less(t, allocs.Bytes(func() { l.Learn(b, 1, nil) }), allocs.Step)
		values := 0
		for _, g := range l.Grads() {
			values += len(g.Data)
		}
		require.Equal(t, today.Layers*four.Rank*(2*(24+24)+2*(24+12)+3*(24+40)), values)
	}
}

// Chapter 5's loop, broken off and resumed from a checkpoint that holds the adapters
// alone, ends at the same bits.
func TestCheckpointsOfChanges(t *testing.T) {
	base := quantize.Llama(randomLlama(today))
	batches := func(*rand.Rand) iter.Seq[embeddings.Batch] {
		return func(yield func(embeddings.Batch) bool) {
			for seed := range uint64(6) {
				b := someText(2, 8)
				b.Inputs[0] = int(seed)
				if !yield(b) {
					return
				}
			}
		}
	}
	trainer := func(m *llama.Model) *pretrain.Trainer {
		return pretrain.NewTrainer(pretrain.NewLanguageModel(m, nil, 2, 8), batches, pretrain.Settings{
			Optimizer: pretrain.DefaultAdamW, Schedule: pretrain.Constant(1e-2, 6), Clip: 1, Dropout: .1, Seed: 3,
		})
	}
	dir, whole := t.TempDir(), changed(base, four)
	for range trainer(whole).Steps(context.Background()) {
	}
	half := changed(base, four)
	first, steps := trainer(half), 0
	for range first.Steps(context.Background()) {
		if steps++; steps == 3 {
			break
		}
	}
	require.NoError(t, first.Save(dir, func(dir string) error { return SavePEFT(dir, half, "base") }))
	resumed := base.Share()
	require.NoError(t, LoadPEFT(resumed, dir))
	second := trainer(resumed)
	require.NoError(t, second.Resume(dir))
	for range second.Steps(context.Background()) {
	}
	require.Equal(t, whole.Params(), resumed.Params())
}

func TestAttachMisuse(t *testing.T) {
	m := randomLlama(today)
	require.PanicsWithValue(t, "lora: the rank must be at least 1", func() { Attach(m, Settings{}, seeded(1)) })
	require.PanicsWithValue(t, "lora: a matrix of bytes cannot take up a change", func() { Merge(changed(quantize.Llama(m), four)) })
}

// Adapters as PEFT has them, with the values that PyTorch computed: logits, loss, all
// gradients, and what is written is what was read.
func TestGoldenPEFT(t *testing.T) {
	golden.Large(t)
	dir := filepath.Dir(golden.Path(t, "llama/llama-tied/config.json"))
	m, err := llama.Load(os.DirFS(dir), dir)
	require.NoError(t, err)
	require.NoError(t, LoadPEFT(m, filepath.Dir(golden.Path(t, "llama/lora/adapter_config.json"))))
	batch := golden.Load(t, "llama/lora/batch.safetensors")
	shape := batch.Shape(t, "ids")
	b := embeddings.Batch{B: shape[0], T: shape[1], Inputs: batch.Ints(t, "ids"), Targets: batch.Ints(t, "targets")}
	want, grads := golden.Load(t, "llama/lora/outputs.safetensors"), golden.Load(t, "llama/lora/grads.safetensors")
	l := pretrain.NewLanguageModel(m, nil, b.B, b.T)
	loss := l.Learn(b, 1, nil)
	require.InDelta(t, want.F32(t, "loss")[0], loss, 1e-6)
	require.Len(t, l.Grads(), len(grads.Names()))
	for _, g := range l.Grads() {
		golden.Close(t, g.Name, g.Data, grads.F32(t, prefix+g.Name), 1e-5)
	}
	again := t.TempDir()
	require.NoError(t, SavePEFT(again, m, "llama-tied"))
	for _, name := range []string{"llama/lora/adapter_model.safetensors", "llama/lora/adapter_config.json"} {
		require.FileExists(t, filepath.Join(again, filepath.Base(name)))
	}
	other, err := llama.Load(os.DirFS(dir), dir)
	require.NoError(t, err)
	require.NoError(t, LoadPEFT(other, again))
	require.Equal(t, m.Params(), other.Params())
	Merge(other)
	require.InDelta(t, loss, pretrain.NewLanguageModel(other, gpt.Frozen, b.B, b.T).Loss(b), 1e-6)
}

// Every field with which something else is computed is refused by its name.
func TestPEFTRefuses(t *testing.T) {
	m := changed(randomLlama(today), four)
	const fine = `"peft_type": "LORA", "r": 4, "lora_alpha": 6, "target_modules": ["q_proj"]`
	for text, want := range map[string]string{
		`"use_rslora": true`:             "use_rslora is true",
		`"use_dora": true`:               "use_dora is true",
		`"rank_pattern": {"q_proj": 8}`:  "rank_pattern is map[q_proj:8]",
		`"alpha_pattern": {"q_proj": 8}`: "alpha_pattern is map[q_proj:8]",
		`"modules_to_save": ["lm_head"]`: "modules_to_save is [lm_head]",
		`"lora_bias": true`:              "lora_bias is true",
		`"layers_to_transform": [1]`:     "layers_to_transform is [1]",
		`"target_parameters": ["x"]`:     "target_parameters is [x]",
		`"trainable_token_indices": [1]`: "trainable_token_indices is [1]",
		`"fan_in_fan_out": true`:         "fan_in_fan_out is true",
		`"bias": "all"`:                  "bias is all",
		`"init_lora_weights": "pissa"`:   "init_lora_weights is pissa",
		`"exclude_modules": ["k_proj"]`:  "exclude_modules is [k_proj]",
		`"some_new_field": 0.5`:          "some_new_field is 0.5",
	} {
		dir := t.TempDir()
		require.NoError(t, SavePEFT(dir, m, ""))
		require.NoError(t, os.WriteFile(filepath.Join(dir, configFile), []byte("{"+fine+", "+text+"}"), 0o644))
		require.EqualError(t, LoadPEFT(m, dir), filepath.Join(dir, configFile)+": "+want+": that is not computed here")
	}
	for text, want := range map[string]string{
		`{"peft_type": "LORA", "r": 4, "lora_alpha": 6, "target_modules": ".*q_proj"}`:   "target_modules is .*q_proj: that is not computed here",
		`{"peft_type": "LORA", "r": 4, "lora_alpha": 6, "target_modules": []}`:           "target_modules is []: that is not computed here",
		`{"peft_type": "LORA", "r": 1.5, "lora_alpha": 6, "target_modules": ["q_proj"]}`: "r is 1.5: that is not computed here",
		`{"peft_type": "IA3", "r": 4, "lora_alpha": 6, "target_modules": ["q_proj"]}`:    "peft_type is IA3: that is not computed here",
		`{"r": 4, "lora_alpha": 6, "target_modules": ["q_proj"]}`:                        "it has no peft_type",
		`{"peft_type": "LORA", "lora_alpha": 6, "target_modules": ["q_proj"]}`:           "it has no r",
		`{` + fine + `}`: "mlp.down_proj.lora_A.weight\" belongs to no adapter", // there is more in the other file
		`{"peft_type": "LORA", "r": 5, "lora_alpha": 6, "target_modules": ["q_proj"]}`: "has shape",
		`{"peft_type": "LORA", "r": 4, "lora_alpha": 6, "target_modules": ["c_attn"]}`: "lora_A.weight",
		`[]`: configFile,
	} {
		dir := t.TempDir()
		require.NoError(t, SavePEFT(dir, m, ""))
		require.NoError(t, os.WriteFile(filepath.Join(dir, configFile), []byte(text), 0o644))
		require.ErrorContains(t, LoadPEFT(m, dir), want)
	}
	require.ErrorContains(t, LoadPEFT(m, t.TempDir()), "no adapters in")
}
