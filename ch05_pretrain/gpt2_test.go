package pretrain_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/safetensors"
	"github.com/llm-from-scratch/llm/internal/tokenizerjson"
)

const (
	weightsFile = "model.safetensors"
	indexFile   = "model.safetensors.index.json"
	firstShard  = "model-00001-of-00002.safetensors"
	secondShard = "model-00002-of-00002.safetensors"
)

// modelFiles is the directory of a small model, in memory.
func modelFiles(t testing.TB, c gpt.Config) (fstest.MapFS, *gpt.Model) {
	t.Helper()
	bpe, err := tokens.TrainBPE(strings.Repeat("light is refracted by a prism of glass. ", 20), 280)
	require.NoError(t, err)
	c.Vocab = bpe.Vocab()
	m, dir := randomModel(c), t.TempDir()
	require.NoError(t, pretrain.SaveModel(dir, m, bpe))
	return readAll(t, dir), m
}

// readAll reads the files of a directory.
func readAll(t testing.TB, dir string) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		require.NoError(t, err)
		files[e.Name()] = &fstest.MapFile{Data: data}
	}
	return files
}

func tensorsFile(t testing.TB, typ safetensors.DType, params []gpt.Param) *fstest.MapFile {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, safetensors.Write(&out, typ, params, map[string]string{"format": "pt"}))
	return &fstest.MapFile{Data: out.Bytes()}
}

// named is params under other names.
func named(params []gpt.Param, name func(string) string) []gpt.Param {
	other := slices.Clone(params)
	for i := range other {
		other[i].Name = name(other[i].Name)
	}
	return other
}

func prefixed(name string) string {
	if name == "lm_head.weight" {
		return name
	}
	return "transformer." + name
}

// masks are the tensors of a published file that are no parameters.
func masks(layers int) (params []gpt.Param) {
	for i := range layers {
		h := fmt.Sprintf("h.%d.attn.", i)
		params = append(params, gpt.Param{Name: h + "bias", Shape: []int{1, 1, 2, 2}, Data: []float32{1, 0, 1, 1}},
			gpt.Param{Name: h + "masked_bias", Shape: []int{}, Data: []float32{-1e4}})
	}
	return params
}

// Every layout that is published gives the same model.
func TestLayouts(t *testing.T) {
	untied := small
	untied.TiedHead = false
	for _, c := range []gpt.Config{small, untied} {
		files, m := modelFiles(t, c)
		params := m.Params()
		all := append(slices.Clone(params), masks(c.Layers)...)
		head := gpt.Param{Name: "lm_head.weight", Shape: []int{m.Config.Vocab, c.Width}, Data: m.Head.Data}
		if c.TiedHead {
			all = append(all, head) // which says again what is known
		}
		slices.Reverse(all)
		shards := func(name func(string) string, typ safetensors.DType) fstest.MapFS {
			list := named(all, name)
			index := map[string]string{}
			for i, p := range list {
				index[p.Name] = []string{firstShard, secondShard}[2*i/len(list)]
			}
			text, err := json.Marshal(map[string]any{"metadata": map[string]int{"total_size": 1}, "weight_map": index})
			require.NoError(t, err)
			half := (len(list) + 1) / 2
			return fstest.MapFS{
				indexFile:   {Data: text},
				firstShard:  tensorsFile(t, typ, list[:half]),
				secondShard: tensorsFile(t, typ, list[half:]),
			}
		}
		plain := func(name string) string { return name }
		for name, weights := range map[string]fstest.MapFS{
			"plain":           {weightsFile: tensorsFile(t, safetensors.F32, params)},
			"masks":           {weightsFile: tensorsFile(t, safetensors.F32, all)},
			"prefix":          {weightsFile: tensorsFile(t, safetensors.F32, named(params, prefixed))},
			"half a prefix":   {weightsFile: tensorsFile(t, safetensors.F32, append(slices.Clone(params[:9]), named(params[9:], prefixed)...))},
			"prefix, masks":   {weightsFile: tensorsFile(t, safetensors.F32, named(all, prefixed))},
			"shards":          shards(plain, safetensors.F32),
			"shards, prefix":  shards(prefixed, safetensors.F32),
			"F16":             {weightsFile: tensorsFile(t, safetensors.F16, all)},
			"BF16":            {weightsFile: tensorsFile(t, safetensors.BF16, all)},
			"BF16 and shards": shards(prefixed, safetensors.BF16),
		} {
			t.Run(fmt.Sprint(name, ", tied ", c.TiedHead), func(t *testing.T) {
				delete(files, weightsFile)
				for name, file := range files {
					weights[name] = file
				}
				got, _, err := pretrain.LoadModelFS(weights, "m")
				require.NoError(t, err)
				require.Equal(t, m.Config, got.Config)
				for i, p := range got.Params() {
					require.Equal(t, params[i].Name, p.Name)
					for j, v := range p.Data {
						off := float64(v) - float64(params[i].Data[j])
						if strings.Contains(name, "F16") {
							require.InDelta(t, 0, off, 0.01)
						} else if off != 0 {
							t.Fatalf("%s[%d]: got %v, want %v", p.Name, j, v, params[i].Data[j])
						}
					}
				}
			})
		}
	}
}

// Newer files have masks of one byte for each truth.
func TestMasksOfAnyType(t *testing.T) {
	files, m := modelFiles(t, small)
	whole := files[weightsFile].Data
	n := 8 + int(binary.LittleEndian.Uint64(whole))
	header, values := strings.TrimRight(string(whole[8:n]), "} "), whole[n:]
	for _, typ := range []string{"BOOL", "U8", "F8_E4M3"} {
		mask := fmt.Sprintf(`},"h.0.attn.bias":{"dtype":"%s","shape":[1,1,8,8],"data_offsets":[%d,%d]}}`, typ, len(values), len(values)+64)
		with := append(binary.LittleEndian.AppendUint64(nil, uint64(len(header+mask))), header+mask...)
		with = append(append(with, values...), make([]byte, 64)...)
		files[weightsFile] = &fstest.MapFile{Data: with}
		got, _, err := pretrain.LoadModelFS(files, "m")
		require.NoError(t, err)
		require.Equal(t, m.Params(), got.Params())
	}
}

func TestNamesRefused(t *testing.T) {
	files, m := modelFiles(t, small)
	params := m.Params()
	more := gpt.Param{Name: "score.weight", Shape: []int{1}, Data: []float32{1}}
	for want, list := range map[string][]gpt.Param{
		`m/model.safetensors: tensor "ln_f.bias" comes twice, at byte 2168 and at byte 2238`: append(
			slices.Clone(params), named(params[len(params)-1:], prefixed)...),
		`m/model.safetensors: tensor "lm_head.weight" comes twice, at byte 2574 and at byte 2648`: append(
			named(params, prefixed), gpt.Param{Name: "lm_head.weight"}, gpt.Param{Name: "transformer.lm_head.weight"}),
		`m/model.safetensors: tensor "score.weight" belongs to no GPT-2 of this configuration`: append(slices.Clone(params), more),
		`m/model.safetensors: tensor "ln_f.bias" is missing`:                                   params[:len(params)-1],
	} {
		for i := range list {
			if list[i].Shape == nil {
				list[i].Shape, list[i].Data = []int{1}, []float32{1}
			}
		}
		files[weightsFile] = tensorsFile(t, safetensors.F32, list)
		_, _, err := pretrain.LoadModelFS(files, "m")
		require.EqualError(t, err, want)
	}
}

// A model that transformers 5 has saved has its tokenizer in one file. Where there
// are two tokenizers, this is the one that counts.
func TestTokenizerInOneFile(t *testing.T) {
	files, _ := modelFiles(t, small)
	vocab, merges := files["vocab.json"].Data, files["merges.txt"].Data
	_, bpe, err := pretrain.LoadModelFS(files, "m")
	require.NoError(t, err)
	var out bytes.Buffer
	end := bpe.EndOfText()
	require.NoError(t, tokenizerjson.Write(&out, vocab, merges, tokenizerjson.Added{ID: &end, Content: tokens.EndOfText, Special: true}))
	files["tokenizer.json"] = &fstest.MapFile{Data: out.Bytes()}
	const text = "light is refracted by glass"
	for _, name := range []string{"", "merges.txt", "vocab.json"} {
		delete(files, name)
		_, got, err := pretrain.LoadModelFS(files, "m")
		require.NoError(t, err)
		require.Equal(t, bpe.Encode(text), got.Encode(text))
	}
	lines := strings.SplitAfter(string(merges), "\n")
	files["vocab.json"], files["merges.txt"] = &fstest.MapFile{Data: vocab}, &fstest.MapFile{Data: []byte(lines[0] + lines[1])}
	_, got, err := pretrain.LoadModelFS(files, "m")
	require.NoError(t, err)
	require.Equal(t, bpe.Encode(text), got.Encode(text))

	files["tokenizer.json"] = &fstest.MapFile{Data: bytes.Replace(out.Bytes(), []byte(`"BPE"`), []byte(`"Unigram"`), 1)}
	_, _, err = pretrain.LoadModelFS(files, "m")
	require.EqualError(t, err, `m/tokenizer.json: the tokenizer's model is "Unigram"; only byte-level BPE is read`)
}

// indexRefused are indexes of the tensors a and b, which are in the first shard
// and in the second, and of a directory that has these and nothing else.
var indexRefused = []struct{ name, index, want string }{
	{"empty", "", "m/" + indexFile + ": byte 0: the JSON ends too early"},
	{"a list", "[]", "m/" + indexFile + ": byte 0: a list, where an object belongs"},
	{"cut", `{"weight_map": {"a": "` + firstShard + `"`, "m/" + indexFile + `: byte 55: the JSON ends too early`},
	{"no map", `{"metadata": {}}`, "m/" + indexFile + ": no tensors in weight_map"},
	{"empty map", `{"weight_map": {}}`, "m/" + indexFile + ": no tensors in weight_map"},
	{"a list for a map", `{"weight_map": ["a"]}`, "m/" + indexFile + `: byte 15: "weight_map": a list, where an object belongs`},
	{"two maps", `{"weight_map": {}, "weight_map": {}}`, "m/" + indexFile + `: byte 19: "weight_map" comes twice, first at byte 1`},
	{"a tensor twice", `{"weight_map": {"a": "` + firstShard + `", "a": "` + secondShard + `"}}`, "m/" + indexFile + `: byte 57: "weight_map": "a" comes twice, first at byte 16`},
	{"a number for a file", `{"weight_map": {"a": 1}}`, "m/" + indexFile + `: byte 21: "weight_map": "a": a number, where a string belongs`},
	{"no file", `{"weight_map": {"a": ""}}`, "m/" + indexFile + `: tensor "a": "" is no safetensors file of this directory`},
	{"above", `{"weight_map": {"a": "../x.safetensors"}}`, "m/" + indexFile + `: tensor "a": "../x.safetensors" is no safetensors file of this directory`},
	{"the root", `{"weight_map": {"a": "/x.safetensors"}}`, "m/" + indexFile + `: tensor "a": "/x.safetensors" is no safetensors file of this directory`},
	{"below", `{"weight_map": {"a": "sub/x.safetensors"}}`, "m/" + indexFile + `: tensor "a": "sub/x.safetensors" is no safetensors file of this directory`},
	{"backslash", `{"weight_map": {"a": "..\\x.safetensors"}}`, "m/" + indexFile + `: tensor "a": "..\\x.safetensors" is no safetensors file of this directory`},
	{"another file", `{"weight_map": {"a": "config.json"}}`, "m/" + indexFile + `: tensor "a": "config.json" is no safetensors file of this directory`},
	{"missing shard", `{"weight_map": {"a": "` + firstShard + `", "b": "x.safetensors"}}`, "no weights in m: open x.safetensors: file does not exist"},
	{"wrong shard", `{"weight_map": {"a": "` + secondShard + `", "b": "` + secondShard + `", "b2": "` + secondShard + `"}}`, "m/" + indexFile + `: tensor "a" is not in ` + secondShard},
	{"unknown tensor", `{"weight_map": {"a": "` + firstShard + `", "c": "` + secondShard + `"}}`, "m/" + indexFile + `: tensor "c" is not in ` + secondShard},
	{"unknown tensor first", `{"weight_map": {"a": "` + firstShard + `", "c": "` + firstShard + `"}}`, "m/" + indexFile + `: tensor "c" is not in ` + firstShard},
	{"a tensor left out", `{"weight_map": {"a": "` + firstShard + `", "b2": "` + secondShard + `"}}`, "m/" + indexFile + `: nothing says that tensor "b" is in ` + secondShard},
}

// sharded is a directory whose weights are in two shards.
func sharded(t testing.TB, index string) fstest.MapFS {
	files, _ := modelFiles(t, small)
	delete(files, weightsFile)
	one := func(name string) gpt.Param { return gpt.Param{Name: name, Shape: []int{1}, Data: []float32{1}} }
	files[indexFile] = &fstest.MapFile{Data: []byte(index)}
	files[firstShard] = tensorsFile(t, safetensors.F32, []gpt.Param{one("a")})
	files[secondShard] = tensorsFile(t, safetensors.F32, []gpt.Param{one("b"), one("b2")})
	return files
}

// openFiles counts the files that are open.
type openFiles struct {
	fs.FS
	open *int
}

type countedFile struct {
	fs.File
	open *int
}

func (c openFiles) Open(name string) (fs.File, error) {
	f, err := c.FS.Open(name)
	if err != nil {
		return nil, err
	}
	*c.open++
	return countedFile{f, c.open}, nil
}

func (f countedFile) Close() error {
	*f.open--
	return f.File.Close()
}

func (f countedFile) ReadAt(p []byte, off int64) (int, error) {
	return f.File.(interface {
		ReadAt([]byte, int64) (int, error)
	}).ReadAt(p, off)
}

func TestIndexRefused(t *testing.T) {
	for _, c := range indexRefused {
		t.Run(c.name, func(t *testing.T) {
			open := 0
			_, _, err := pretrain.LoadModelFS(openFiles{sharded(t, c.index), &open}, "m")
			require.EqualError(t, err, c.want)
			require.Zero(t, open, "files left open")
		})
	}
	// A tensor that is in both of them.
	files := sharded(t, `{"weight_map": {"a": "`+firstShard+`", "b": "`+secondShard+`"}}`)
	files[secondShard] = tensorsFile(t, safetensors.F32, []gpt.Param{
		{Name: "a", Shape: []int{1}, Data: []float32{1}}, {Name: "b", Shape: []int{1}, Data: []float32{1}}})
	open := 0
	_, _, err := pretrain.LoadModelFS(openFiles{files, &open}, "m")
	require.EqualError(t, err, "m/"+indexFile+`: nothing says that tensor "a" is in `+secondShard)
	require.Zero(t, open, "files left open")

	// One file is preferred to several, as in Hugging Face's libraries.
	files, _ = modelFiles(t, small)
	files[indexFile] = &fstest.MapFile{Data: []byte("{}")}
	_, _, err = pretrain.LoadModelFS(openFiles{files, &open}, "m")
	require.NoError(t, err)
	require.Zero(t, open, "files left open")
}

func FuzzIndex(f *testing.F) {
	for _, c := range indexRefused {
		f.Add(c.index)
	}
	f.Add(`{"weight_map": {"a": "` + firstShard + `", "b": "` + secondShard + `", "b2": "` + secondShard + `"}}`)
	files := sharded(f, "")
	f.Fuzz(func(t *testing.T, index string) {
		files[indexFile] = &fstest.MapFile{Data: []byte(index)}
		_, _, err := pretrain.LoadModelFS(files, "m") // a and b are no model
		require.Error(t, err)
	})
}

func FuzzConfig(f *testing.F) {
	files, m := modelFiles(f, small)
	f.Add(string(files["config.json"].Data))
	f.Add(`{"model_type": "gpt2"}`)
	f.Add(`{"model_type": "gpt2", "n_layer": 9223372036854775807, "n_embd": 16, "n_head": 4, "vocab_size": 280}`)
	f.Add(`{"model_type": "gpt2", "n_layer": 2, "n_positions": 8, "n_embd": 16, "n_head": 4, "vocab_size": 280, "resid_pdrop": 1e99}`)
	f.Add(`{"model_type": "gpt2", "n_inner": 64, "n_embd": 4611686018427387904, "n_head": 1}`)
	f.Add(`[]`)
	f.Add(`{"model_type": "gpt2", "n_layer": null}`)
	f.Add(`{"model_type": "gpt2", "n_layer": 2, "N_LAYER": 3}`)
	f.Fuzz(func(t *testing.T, config string) {
		files["config.json"] = &fstest.MapFile{Data: []byte(config)}
		got, _, err := pretrain.LoadModelFS(files, "m")
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
			return
		}
		require.Equal(t, m.Params()[0].Data, got.Params()[0].Data)
	})
}

// config.json as GPT-2 was published with, and the shortest that will do.
func TestPublishedConfig(t *testing.T) {
	const fields = `"activation_function": "gelu_new", "architectures": ["GPT2LMHeadModel"], "attn_pdrop": 0.1, "bos_token_id": 50256,
		"embd_pdrop": 0.1, "eos_token_id": 50256, "initializer_range": 0.02, "layer_norm_epsilon": 1e-05, "model_type": "gpt2",
		"n_ctx": 8, "n_inner": null, "resid_pdrop": 0.1, "summary_activation": null, "summary_first_dropout": 0.1,
		"summary_proj_to_labels": true, "summary_type": "cls_index", "summary_use_proj": true,
		"task_specific_params": {"text-generation": {"do_sample": true, "max_length": 50}}`
	c := small
	c.QKVBias, c.TiedHead = true, true
	files, m := modelFiles(t, c)
	for _, text := range []string{
		`{` + fields + `, "n_embd": 16, "n_head": 4, "n_layer": 2, "n_positions": 8, "vocab_size": 280}`,
		`{"model_type": "gpt2", "n_embd": 16, "n_head": 4, "n_layer": 2, "n_positions": 8, "vocab_size": 280}`,
		`{"activation_function": "gelu_new", "add_cross_attention": false, "architectures": ["GPT2LMHeadModel"], "attn_pdrop": 0.1,
			"bos_token_id": 299, "dtype": "float32", "embd_pdrop": 0.1, "eos_token_id": [299, 0], "initializer_range": 0.02, "layer_norm_epsilon": 1e-05,
			"model_type": "gpt2", "n_ctx": 8, "n_embd": 16, "n_head": 4, "n_inner": null, "n_layer": 2, "n_positions": 8, "pad_token_id": null,
			"reorder_and_upcast_attn": false, "resid_pdrop": 0.1, "scale_attn_by_inverse_layer_idx": false, "scale_attn_weights": true,
			"summary_activation": null, "tie_word_embeddings": true, "transformers_version": "5.24.0", "use_cache": true, "vocab_size": 280,
			"temperature": 1, "quantization_config": null}`, // as transformers 5 does
	} {
		files["config.json"] = &fstest.MapFile{Data: []byte(text)}
		got, _, err := pretrain.LoadModelFS(files, "m")
		require.NoError(t, err)
		require.Equal(t, m.Config, got.Config)
	}
	files["config.json"] = &fstest.MapFile{Data: []byte(`{"model_type": "gpt2"}`)}
	_, _, err := pretrain.LoadModelFS(files, "m")
	require.EqualError(t, err, "m: the tokenizer has 280 ids, the model's vocabulary 50257; the files belong to different models")
}
