package pretrain_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// file returns a safetensors file of this header and n bytes of data.
func file(header string, n int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, n)...)
}

func TestTensorsRoundTrip(t *testing.T) {
	params := []gpt.Param{
		{Name: "a", Shape: []int{2, 3}, Data: []float32{1, -2, 3, math.MaxFloat32, math.SmallestNonzeroFloat32, 0}},
		{Name: "b", Shape: []int{1}, Data: []float32{7}},
	}
	var out bytes.Buffer
	require.NoError(t, pretrain.WriteTensors(&out, params, map[string]string{"format": "pt"}))
	tensors, err := pretrain.ReadTensors("x", bytes.NewReader(out.Bytes()), int64(out.Len()))
	require.NoError(t, err)
	require.Equal(t, map[string]string{"format": "pt"}, tensors.Metadata)
	require.ElementsMatch(t, []string{"a", "b"}, tensors.Names())
	for _, p := range params {
		got := gpt.Param{Name: p.Name, Shape: p.Shape, Data: make([]float32, len(p.Data))}
		require.NoError(t, tensors.Read(got))
		require.Equal(t, p, got)
	}
}

func TestTensorsRefuse(t *testing.T) {
	one := `"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}`
	for _, c := range []struct {
		name, want string
		data       []byte
	}{
		{"nothing", "only 0 bytes", nil},
		{"absurd header", "its header claims 9223372036854775807 bytes", binary.LittleEndian.AppendUint64(nil, math.MaxInt64)},
		{"header of gigabytes", "its header claims 4000000000 bytes", binary.LittleEndian.AppendUint64(nil, 4e9)},
		{"not JSON", "safetensors header", file("hello", 0)},
		{"not an object", "not a JSON object", file("[]", 0)},
		{"cut JSON", "safetensors header", file("{"+one, 8)},
		{"truncated data", "the file is truncated", file("{"+one+"}", 7)},
		{"data left over", "the data have 9 bytes, the tensors only 8", file("{"+one+"}", 9)},
		{"twice", `tensor "a" comes twice`, file("{"+one+","+one+"}", 8)},
		{"overlap", "a gap or an overlap", file("{"+one+`,"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}`, 12)},
		{"gap", "a gap or an overlap", file("{"+one+`,"b":{"dtype":"F32","shape":[2],"data_offsets":[12,20]}}`, 20)},
		{"size and shape", "its shape [3] of F32 needs 12", file(`{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}`, 8)},
		{"unknown type", `unknown type "F7"`, file(`{"a":{"dtype":"F7","shape":[2],"data_offsets":[0,8]}}`, 8)},
		{"negative", "impossible shape", file(`{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}`, 8)},
		{"overflowing", "impossible shape", file(`{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}`, 8)},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := pretrain.ReadTensors("model.safetensors", bytes.NewReader(c.data), int64(len(c.data)))
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, "model.safetensors: ")
			require.NotContains(t, err.Error(), "\n")
		})
	}
}

func FuzzReadTensors(f *testing.F) {
	f.Add(file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8))
	f.Add(file(`{"__metadata__":{"a":"b"},"a":{"dtype":"BF16","shape":[],"data_offsets":[0,2]}}`, 2))
	f.Add(file(`{}`, 0))
	f.Fuzz(func(t *testing.T, data []byte) {
		tensors, err := pretrain.ReadTensors("x", bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		for _, name := range tensors.Names() {
			shape, _ := tensors.Shape(name)
			n := 1
			for _, d := range shape {
				n *= d
			}
			if n <= len(data) { // other types than F32 are refused by Read
				_ = tensors.Read(gpt.Param{Name: name, Shape: shape, Data: make([]float32, n)})
			}
		}
	})
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
		{"another kind of model", `model_type is "llama"`, replace("config.json", `"gpt2"`, `"llama"`)},
		{"heads", "width 16 is not divisible by 5 heads", replace("config.json", `"n_head": 4`, `"n_head": 5`)},
		{"vocabulary", "the tokenizer has 280 ids, the model's vocabulary 9000000000", replace("config.json", `"vocab_size": 280`, `"vocab_size": 9000000000`)},
		{"width", `config.json says [280 32]`, replace("config.json", `"n_embd": 16`, `"n_embd": 32`)},
		{"context", `config.json says [1000000000000 16]`, replace("config.json", `"n_positions": 8`, `"n_positions": 1000000000000`)},
		{"layers", "no layer 8, config.json says there are 9", replace("config.json", `"n_layer": 2`, `"n_layer": 9`)},
		{"missing tensor", `tensor "ln_f.bias" is missing`, replace("model.safetensors", `"ln_f.bias"`, `"ln_g.bias"`)},
		{"wrong shape", `tensor "h.1.attn.c_proj.weight" has shape [4 64], the model needs [16 16]`,
			replace("model.safetensors", `"h.1.attn.c_proj.weight":{"dtype":"F32","shape":[16,16]`, `"h.1.attn.c_proj.weight":{"dtype":"F32","shape": [4,64]`)},
		{"truncated", "the file is truncated", func(t *testing.T, dir string) {
			path := filepath.Join(dir, "model.safetensors")
			info, err := os.Stat(path)
			require.NoError(t, err)
			require.NoError(t, os.Truncate(path, info.Size()-1000))
		}},
		{"NaN", `tensor "ln_f.bias" has the value NaN at position 15`, func(t *testing.T, dir string) {
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
