package pretrain_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// Loading a model takes the memory of the model and little more: the file is not
// held beside it. Whatever was allocated counts, also what was given back.
func TestLoadingHoldsTheWeightsOnce(t *testing.T) {
	bpe, err := tokens.TrainBPE("light", 257)
	require.NoError(t, err)
	m := randomModel(gpt.Config{Vocab: bpe.Vocab(), Context: 64, Width: 256, Heads: 4, Layers: 6, QKVBias: true, TiedHead: true})
	dir := t.TempDir()
	require.NoError(t, pretrain.SaveModel(dir, m, bpe))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, _, err = pretrain.LoadModel(dir)
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	require.Less(t, float64(after.TotalAlloc-before.TotalAlloc), 1.15*float64(m.Config.WeightBytes()))
}

// savedModel writes a small model and returns its directory.
func savedModel(t *testing.T) (string, *gpt.Model, *tokens.BPE) {
	bpe, err := tokens.TrainBPE(strings.Repeat("light is refracted by a prism of glass. ", 20), 280)
	require.NoError(t, err)
	c := small
	c.Vocab = bpe.Vocab()
	m, dir := randomModel(c), filepath.Join(t.TempDir(), "model")
	require.NoError(t, pretrain.SaveModel(dir, m, bpe))
	return dir, m, bpe
}

func TestModelRoundTrip(t *testing.T) {
	for _, tied := range []bool{true, false} {
		dir, m, bpe := savedModel(t)
		if !tied {
			c := m.Config
			c.TiedHead, c.QKVBias = false, false
			m = randomModel(c)
			require.NoError(t, pretrain.SaveModel(dir, m, bpe)) // over what is there
		}
		again, tokenizer, err := pretrain.LoadModel(dir)
		require.NoError(t, err)
		require.Equal(t, m.Config, again.Config)
		require.Equal(t, m.Params(), again.Params())
		text := "Opticks, or a treatise of light 語"
		require.Equal(t, bpe.Encode(text), tokenizer.Encode(text))
		require.Equal(t, text, tokenizer.Decode(tokenizer.Encode(text)))
	}
}

func TestLoadModelRefuses(t *testing.T) {
	replace := func(name, old, new string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			path := filepath.Join(dir, name)
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Contains(t, string(data), old)
			require.NoError(t, os.WriteFile(path, bytes.Replace(data, []byte(old), []byte(new), 1), 0o644))
		}
	}
	for _, c := range []struct {
		name, want string
		damage     func(*testing.T, string)
	}{
		{"no directory", "no model in", func(t *testing.T, dir string) { require.NoError(t, os.RemoveAll(dir)) }},
		{"no configuration", "no model in", func(t *testing.T, dir string) { require.NoError(t, os.Remove(filepath.Join(dir, "config.json"))) }},
		{"no tokenizer", "no tokenizer in", func(t *testing.T, dir string) { require.NoError(t, os.Remove(filepath.Join(dir, "merges.txt"))) }},
		{"no weights", "no weights in", func(t *testing.T, dir string) {
			require.NoError(t, os.Remove(filepath.Join(dir, "model.safetensors")))
		}},
		{"configuration is not JSON", "config.json: ", replace("config.json", "{", "[")},
		{"something behind", "something follows the JSON value", replace("config.json", "\n}", "\n}\n{}")},
		{"a key twice", `"n_layer" comes twice, first at line 10`, replace("config.json", `"qkv_bias"`, `"n_layer": 3, "qkv_bias"`)},
		{"a key in capitals, too", `line 11: "N_Layer": the key comes as "n_layer", too, at line 10`, replace("config.json", `"qkv_bias"`, `"N_Layer": 3, "qkv_bias"`)},
		{"a key in capitals", `line 10: "N_LAYER": the key is spelt "n_layer"`, replace("config.json", `"n_layer"`, `"N_LAYER"`)},
		{"null", `line 10: "n_layer": null, where a value belongs`, replace("config.json", `"n_layer": 2`, `"n_layer": null`)},
		{"null for a truth", `"tie_word_embeddings": null, where a value belongs`, replace("config.json", `"tie_word_embeddings": true`, `"tie_word_embeddings": null`)},
		{"not UTF-8", "is not UTF-8", replace("config.json", "gelu_new", "gelu\xff")},
		{"a directory for a file", "config.json: is a directory", func(t *testing.T, dir string) {
			require.NoError(t, os.Remove(filepath.Join(dir, "config.json")))
			require.NoError(t, os.Mkdir(filepath.Join(dir, "config.json"), 0o755))
		}},
		{"another kind of model", `model_type is "llama"`, replace("config.json", `"gpt2"`, `"llama"`)},
		{"heads", "width 16 is not divisible by 5 heads", replace("config.json", `"n_head": 4`, `"n_head": 5`)},
		{"vocabulary", "the tokenizer has 280 ids, the model's vocabulary 9000000000", replace("config.json", `"vocab_size": 280`, `"vocab_size": 9000000000`)},
		{"width", `tensor "wte.weight" has shape [280 16], the model needs [280 32]`, replace("config.json", `"n_embd": 16`, `"n_embd": 32`)},
		{"context", `tensor "wpe.weight" has shape [8 16], the model needs [1000000000000 16]`, replace("config.json", `"n_positions": 8`, `"n_positions": 1000000000000`)},
		{"layers", "no layer 8, config.json says there are 9", replace("config.json", `"n_layer": 2`, `"n_layer": 9`)},
		{"more layers", "no layer 8999999999, config.json says there are 9000000000", replace("config.json", `"n_layer": 2`, `"n_layer": 9000000000`)},
		{"fewer layers", `tensor "h.1.attn.c_attn.bias" belongs to no GPT-2 of this configuration`, replace("config.json", `"n_layer": 2`, `"n_layer": 1`)},
		{"no biases", `tensor "h.0.attn.c_attn.bias" belongs to no GPT-2 of this configuration`, replace("config.json", `"qkv_bias": true`, `"qkv_bias": false`)},
		{"no head", `tensor "lm_head.weight" is missing`, replace("config.json", `"tie_word_embeddings": true`, `"tie_word_embeddings": false`)},
		{"another activation", `activation_function is "relu"; only "gelu_new" is read`, replace("config.json", "gelu_new", "relu")},
		{"another epsilon", "layer_norm_epsilon is 1e-06; only 1e-05 is read", replace("config.json", "0.00001", "0.000001")},
		{"another inner width", "n_inner is 32; only 64 is read", replace("config.json", `"n_inner": null`, `"n_inner": 32`)},
		{"not scaled", "scale_attn_weights is false; only true is read", replace("config.json", `"scale_attn_weights": true`, `"scale_attn_weights": false`)},
		{"scaled by layer", "scale_attn_by_inverse_layer_idx is true; only false is read", replace("config.json", `"scale_attn_by_inverse_layer_idx": false`, `"scale_attn_by_inverse_layer_idx": true`)},
		{"cross-attention", "add_cross_attention is true; only false is read", replace("config.json", `"add_cross_attention": false`, `"add_cross_attention": true`)},
		{"missing tensor", `tensor "ln_f.bias" is missing`, replace("model.safetensors", `"ln_f.bias"`, `"ln_g.bias"`)},
		{"wrong shape", `tensor "h.1.attn.c_proj.weight" has shape [4 64], the model needs [16 16]`,
			replace("model.safetensors", `"h.1.attn.c_proj.weight":{"dtype":"F32","shape":[16,16]`, `"h.1.attn.c_proj.weight":{"dtype":"F32","shape": [4,64]`)},
		{"truncated", "the file is truncated", func(t *testing.T, dir string) {
			path := filepath.Join(dir, "model.safetensors")
			info, err := os.Stat(path)
			require.NoError(t, err)
			require.NoError(t, os.Truncate(path, info.Size()-1000))
		}},
		{"NaN", `tensor "ln_f.bias": the value at position 15 is NaN`, func(t *testing.T, dir string) {
			path := filepath.Join(dir, "model.safetensors")
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			binary.LittleEndian.PutUint32(data[len(data)-4:], math.Float32bits(float32(math.NaN())))
			require.NoError(t, os.WriteFile(path, data, 0o644))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, _, _ := savedModel(t)
			c.damage(t, dir)
			_, _, err := pretrain.LoadModel(dir)
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, dir)
			require.NotContains(t, err.Error(), "\n")
		})
	}
}

// A save that fails leaves what was there, and nothing else.
func TestFailedSaveLeavesTheOldModel(t *testing.T) {
	dir, m, bpe := savedModel(t)
	if os.Geteuid() == 0 {
		// Root may write anywhere; a directory in a file's place stops everyone.
		require.NoError(t, os.Remove(filepath.Join(dir, "config.json")))
		require.NoError(t, os.Mkdir(filepath.Join(dir, "config.json"), 0o755))
	} else {
		require.NoError(t, os.Chmod(dir, 0o555))
		defer os.Chmod(dir, 0o755)
	}
	require.Error(t, pretrain.SaveModel(dir, m, bpe))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	require.Equal(t, "[config.json merges.txt model.safetensors vocab.json]", fmt.Sprint(names))
}
