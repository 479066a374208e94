package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/durable"
	"github.com/llm-from-scratch/llm/internal/golden"
	"github.com/llm-from-scratch/llm/internal/safetensors"
)

// publishedConfig is the config.json of the smallest GPT-2.
const publishedConfig = `{
  "activation_function": "gelu_new",
  "architectures": ["GPT2LMHeadModel"],
  "attn_pdrop": 0.1,
  "bos_token_id": 50256,
  "embd_pdrop": 0.1,
  "eos_token_id": 50256,
  "initializer_range": 0.02,
  "layer_norm_epsilon": 1e-05,
  "model_type": "gpt2",
  "n_ctx": 1024,
  "n_embd": 768,
  "n_head": 12,
  "n_layer": 12,
  "n_positions": 1024,
  "resid_pdrop": 0.1,
  "summary_activation": null,
  "summary_first_dropout": 0.1,
  "summary_proj_to_labels": true,
  "summary_type": "cls_index",
  "summary_use_proj": true,
  "task_specific_params": {"text-generation": {"do_sample": true, "max_length": 50}},
  "vocab_size": 50257
}
`

// publish writes m to dir as the smallest GPT-2 was published: the names in
// the order of the alphabet, and among them the causal masks.
func publish(t testing.TB, dir string, m *gpt.Model) {
	t.Helper()
	bpe, err := vocabulary("")
	require.NoError(t, err)
	T := m.Config.Context
	mask := make([]float32, T*T)
	for i := range T {
		for j := range i + 1 {
			mask[i*T+j] = 1
		}
	}
	params := m.Params()
	for i := range m.Blocks {
		params = append(params, gpt.Param{Name: fmt.Sprintf("h.%d.attn.bias", i), Shape: []int{1, 1, T, T}, Data: mask})
	}
	slices.SortFunc(params, func(a, b gpt.Param) int { return strings.Compare(a.Name, b.Name) })
	require.NoError(t, os.MkdirAll(dir, 0o755))
	for name, write := range map[string]func(io.Writer) error{
		"config.json": func(w io.Writer) error { _, err := io.WriteString(w, publishedConfig); return err },
		"vocab.json":  bpe.Files()["vocab.json"],
		"merges.txt":  bpe.Files()["merges.txt"],
		"model.safetensors": func(w io.Writer) error {
			return safetensors.Write(w, safetensors.F32, params, map[string]string{"format": "pt"})
		},
	} {
		require.NoError(t, durable.WriteFile(filepath.Join(dir, name), write))
	}
}

// A model of GPT-2's smallest size is loaded, exported and loaded again with the
// same bits, and PyTorch, which reads the export, writes the same 64 tokens. It
// takes a gigabyte on the disk and two of memory.
func TestGPT2Size(t *testing.T) {
	if os.Getenv("CI") != "true" {
		t.Skip("takes half a minute, and runs where CI=true")
	}
	python := torch(t)
	m, model := random(gpt.GPT2Small), filepath.Join(t.TempDir(), "gpt2")
	publish(t, model, m)
	same := func(dir string) *gpt.Model {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		got, _, err := pretrain.LoadModel(dir)
		runtime.ReadMemStats(&after)
		require.NoError(t, err)
		require.Equal(t, m.Config, got.Config)
		for i, p := range got.Params() {
			require.True(t, slices.Equal(m.Params()[i].Data, p.Data), p.Name)
		}
		used := float64(after.TotalAlloc-before.TotalAlloc) / float64(m.Config.WeightBytes())
		require.Less(t, used, 1.15, "memory for each byte of the weights")
		return got
	}
	same(model)
	dir := exported(t, "-model", model)
	again := same(dir)

	bpe, err := vocabulary("")
	require.NoError(t, err)
	ids := bpe.Encode("Every effort moves you")
	a := askTorch(t, python, ids, 64, dir)[0]
	golden.Close(t, "logits", a.Logits, logits(again, ids), 1e-4)
	require.Greater(t, a.Closest, 0.005, "a decision too close to compare")
	require.Equal(t, a.Greedy, greedy(again, ids, 64))
	t.Logf("PyTorch's 64 tokens, the closest decided by %.3f: %v", a.Closest, a.Greedy)
}

// BenchmarkLoadModel reads a model of GPT-2's smallest size.
func BenchmarkLoadModel(b *testing.B) {
	dir := b.TempDir()
	publish(b, dir, random(gpt.GPT2Small))
	b.SetBytes(int64(gpt.GPT2Small.WeightBytes()))
	b.ReportAllocs()
	for b.Loop() {
		_, _, err := pretrain.LoadModel(dir)
		require.NoError(b, err)
	}
}
