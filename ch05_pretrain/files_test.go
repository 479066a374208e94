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

// tensorsRefused are files that are not sound, with all that is said of them.
var tensorsRefused = []struct {
	name, want string
	data       []byte
}{
	{"nothing", "not a safetensors file: only 0 bytes", nil},
	{"seven bytes", "not a safetensors file: only 7 bytes", make([]byte, 7)},
	{"no header", "safetensors header: not a JSON object", make([]byte, 8)},
	{"absurd header", "not a whole safetensors file: its header claims 9223372036854775807 bytes, the file has 8", binary.LittleEndian.AppendUint64(nil, math.MaxInt64)},
	{"more absurd header", "not a whole safetensors file: its header claims 18446744073709551615 bytes, the file has 8", binary.LittleEndian.AppendUint64(nil, math.MaxUint64)},
	{"header of gigabytes", "not a whole safetensors file: its header claims 4000000000 bytes, the file has 8", binary.LittleEndian.AppendUint64(nil, 4e9)},
	{"header longer than the file", "not a whole safetensors file: its header claims 99000000 bytes, the file has 10", append(binary.LittleEndian.AppendUint64(nil, 99e6), '{', '}')},
	{"not JSON", "safetensors header: not a JSON object", file("hello", 0)},
	{"not an object", "safetensors header: not a JSON object", file("[]", 0)},
	{"cut JSON", "safetensors header: EOF", file("{"+oneTensor, 8)},
	{"cut in a name", "safetensors header: unexpected EOF", file(`{"a`, 0)},
	{"a number for a name", "safetensors header: invalid character '1'", file("{1:2}", 0)},
	{"garbage after the object", "safetensors header: something follows the JSON object", file("{"+oneTensor+"} x", 8)},
	{"two objects", "safetensors header: something follows the JSON object", file("{"+oneTensor+"}{}", 8)},
	{"tensor no object", `safetensors header: "a": not a JSON object`, file(`{"a":[]}`, 0)},
	{"tensor null", `safetensors header: "a": not a JSON object`, file(`{"a":null}`, 0)},
	{"type no string", `safetensors header: "a": "dtype": json: cannot unmarshal number into Go value of type pretrain.DType`, file(`{"a":{"dtype":1}}`, 0)},
	{"shape no list", `safetensors header: "a": "shape": json: cannot unmarshal number into Go value of type []int`, file(`{"a":{"shape":1}}`, 0)},
	{"shape of fractions", `safetensors header: "a": "shape": json: cannot unmarshal number 1.5 into Go value of type int`, file(`{"a":{"shape":[1.5]}}`, 0)},
	{"offset beyond int64", `safetensors header: "a": "data_offsets": json: cannot unmarshal number 9223372036854775808 into Go value of type int64`, file(`{"a":{"data_offsets":[0,9223372036854775808]}}`, 0)},
	{"unknown key", `safetensors header: "a": "stride": the format has no such key`, file(`{"a":{"stride":[1]}}`, 0)},
	{"metadata of numbers", `safetensors header: "__metadata__": json: cannot unmarshal number into Go value of type string`, file(`{"__metadata__":{"a":1}}`, 0)},
	{"tensor twice", `safetensors header: "a" comes twice`, file("{"+oneTensor+","+oneTensor+"}", 8)},
	{"shape twice", `safetensors header: "a": "shape" comes twice`, file(`{"a":{"dtype":"F32","shape":[2],"shape":[1],"data_offsets":[0,8]}}`, 8)},
	{"metadata twice", `safetensors header: "__metadata__" comes twice`, file(`{"__metadata__":{},"__metadata__":{}}`, 0)},
	{"no type", `tensor "a" has the unknown type ""`, file(`{"a":{"shape":[2],"data_offsets":[0,8]}}`, 8)},
	{"no shape", `tensor "a" has no shape or not two data_offsets`, file(`{"a":{"dtype":"F32","data_offsets":[0,4]}}`, 4)},
	{"no offsets", `tensor "a" has no shape or not two data_offsets`, file(`{"a":{"dtype":"F32","shape":[0]}}`, 0)},
	{"one offset", `tensor "a" has no shape or not two data_offsets`, file(`{"a":{"dtype":"F32","shape":[0],"data_offsets":[0]}}`, 0)},
	{"three offsets", `tensor "a" has no shape or not two data_offsets`, file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}}`, 8)},
	{"truncated data", `tensor "a" ends at byte 8 of the data, which has only 7: the file is truncated`, file("{"+oneTensor+"}", 7)},
	{"past the end", `tensor "a" ends at byte 8 of the data, which has only 0: the file is truncated`, file("{"+oneTensor+"}", 0)},
	{"data left over", "the data have 9 bytes, the tensors only 8", file("{"+oneTensor+"}", 9)},
	{"data of nobody", "the data have 1 bytes, the tensors only 0", file("{}", 1)},
	{"overlap", `tensor "b" begins at byte 4 of the data, where 8 was expected: a gap or an overlap`, file("{"+oneTensor+`,"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}`, 12)},
	{"same place", `tensor "b" begins at byte 0 of the data, where 8 was expected: a gap or an overlap`, file("{"+oneTensor+`,"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8)},
	{"gap", `tensor "b" begins at byte 12 of the data, where 8 was expected: a gap or an overlap`, file("{"+oneTensor+`,"b":{"dtype":"F32","shape":[2],"data_offsets":[12,20]}}`, 20)},
	{"gap before the first", `tensor "a" begins at byte 8 of the data, where 0 was expected: a gap or an overlap`, file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}`, 16)},
	{"negative offsets", `tensor "a" begins at byte -8 of the data, where 0 was expected: a gap or an overlap`, file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}`, 0)},
	{"end before begin", `tensor "a" has -8 bytes, its shape [2] of F32 needs 8`, file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,-8]}}`, 0)},
	{"size and shape", `tensor "a" has 8 bytes, its shape [3] of F32 needs 12`, file(`{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}`, 8)},
	{"size and type", `tensor "a" has 8 bytes, its shape [2] of BF16 needs 4`, file(`{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,8]}}`, 8)},
	{"unknown type", `tensor "a" has the unknown type "F7"`, file(`{"a":{"dtype":"F7","shape":[2],"data_offsets":[0,8]}}`, 8)},
	{"negative", `tensor "a" has the impossible shape [-2]`, file(`{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}`, 8)},
	{"overflowing", `tensor "a" has the impossible shape [4611686018427387904 4]`, file(`{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}`, 8)},
	{"overflowing to 0", `tensor "a" has the impossible shape [4294967296 4294967296]`, file(`{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}`, 0)},
}

const oneTensor = `"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}`

func TestTensorsRefuse(t *testing.T) {
	for _, c := range tensorsRefused {
		t.Run(c.name, func(t *testing.T) {
			_, err := pretrain.ReadTensors("model.safetensors", bytes.NewReader(c.data), int64(len(c.data)))
			require.EqualError(t, err, "model.safetensors: "+c.want)
		})
	}
	// A file that is shorter than the file system says.
	_, err := pretrain.ReadTensors("x", bytes.NewReader(nil), 100)
	require.EqualError(t, err, "x: reading the header's length: EOF")
	_, err = pretrain.ReadTensors("x", bytes.NewReader(file("{"+oneTensor+"}", 0)[:20]), 100)
	require.EqualError(t, err, "x: reading the header: EOF")
}

// A header is read when it is known to be there: its length alone costs nothing.
func TestHeaderLengthCostsNoMemory(t *testing.T) {
	data := append(binary.LittleEndian.AppendUint64(nil, 100<<20), make([]byte, 1000)...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := pretrain.ReadTensors("x", bytes.NewReader(data), int64(len(data)))
	runtime.ReadMemStats(&after)
	require.Error(t, err)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
}

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

func TestReadRefuses(t *testing.T) {
	for _, c := range []struct {
		data []byte
		p    gpt.Param
		want string
	}{
		{file("{"+oneTensor+"}", 8), gpt.Param{Name: "b", Shape: []int{2}}, `x: tensor "b" is missing`},
		{file("{"+oneTensor+"}", 8), gpt.Param{Name: "a", Shape: []int{2, 1}}, `x: tensor "a" has shape [2], the model needs [2 1]`},
		{file(`{"a":{"dtype":"I32","shape":[2],"data_offsets":[0,8]}}`, 8), gpt.Param{Name: "a", Shape: []int{2}}, `x: tensor "a" is I32; only F32, F16 and BF16 are read`},
		{append(file("{"+oneTensor+"}", 4), 0, 0, 0x80, 0xff), gpt.Param{Name: "a", Shape: []int{2}}, `x: tensor "a": the value at position 1 is -Inf; the file is damaged or training diverged`},
		{append(file(`{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}`, 2), 1, 0x7c), gpt.Param{Name: "a", Shape: []int{2}}, `x: tensor "a": the value at position 1 is NaN; the file is damaged or training diverged`},
	} {
		tensors, err := pretrain.ReadTensors("x", bytes.NewReader(c.data), int64(len(c.data)))
		require.NoError(t, err)
		c.p.Data = make([]float32, 2)
		require.EqualError(t, tensors.Read(c.p), c.want)
	}
}

// Of several bad values the first is named, on whichever core it was found, and
// a file that ends while it is read is noticed.
func TestReadInPieces(t *testing.T) {
	const n = 1<<20 + 7
	data := make([]float32, n)
	for i := range data {
		data[i] = float32(i)
	}
	var out bytes.Buffer
	require.NoError(t, pretrain.WriteTensors(&out, []gpt.Param{{Name: "a", Shape: []int{n}, Data: data}}, nil))
	read := func(b []byte) ([]float32, error) {
		tensors, err := pretrain.ReadTensors("x", bytes.NewReader(b), int64(out.Len()))
		require.NoError(t, err)
		got := make([]float32, n)
		return got, tensors.Read(gpt.Param{Name: "a", Shape: []int{n}, Data: got})
	}
	got, err := read(out.Bytes())
	require.NoError(t, err)
	require.Equal(t, data, got)

	_, err = read(out.Bytes()[:out.Len()-1])
	require.EqualError(t, err, `x: tensor "a": EOF`)
	start := out.Len() - 4*n
	for _, at := range []int{n - 1, 900_000, 300_001} {
		binary.LittleEndian.PutUint32(out.Bytes()[start+4*at:], math.Float32bits(float32(math.Inf(1))))
		_, err = read(out.Bytes())
		require.ErrorContains(t, err, fmt.Sprintf("the value at position %d is +Inf", at))
	}
}

func FuzzReadTensors(f *testing.F) {
	for _, c := range tensorsRefused {
		f.Add(c.data)
	}
	f.Add(file("{"+oneTensor+"}", 8))
	f.Add(file(`{"__metadata__":{"a":"b"},"a":{"dtype":"BF16","shape":[],"data_offsets":[0,2]}}`, 2))
	f.Add(file(`{"a":{"dtype":"F16","shape":[2,2],"data_offsets":[0,8]},"b":{"dtype":"BOOL","shape":[0,9],"data_offsets":[8,8]}}  `, 8))
	f.Add(file(`{}`, 0))
	f.Fuzz(func(t *testing.T, data []byte) {
		tensors, err := pretrain.ReadTensors("x", bytes.NewReader(data), int64(len(data)))
		if err != nil {
			require.True(t, strings.HasPrefix(err.Error(), "x: "), err.Error())
			return
		}
		for _, name := range tensors.Names() {
			shape, _ := tensors.Shape(name)
			n := 1
			for _, d := range shape {
				n *= d
			}
			if n > len(data) { // a tensor without values may have any shape
				t.Fatalf("tensor %q of shape %v in %d bytes", name, shape, len(data))
			}
			p := gpt.Param{Name: name, Shape: shape, Data: make([]float32, n)}
			if tensors.Read(p) != nil { // of another type, or not finite
				continue
			}
			for _, v := range p.Data {
				require.Zero(t, v-v)
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
