package pretrain

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/durable"
	"github.com/llm-from-scratch/llm/internal/safetensors"
	"github.com/llm-from-scratch/llm/internal/strictjson"
	"github.com/llm-from-scratch/llm/internal/tokenizerjson"
)

// The files of a model's directory, under the names that other tools expect.
const (
	configFile  = "config.json"
	weightsFile = "model.safetensors"
	vocabFile   = "vocab.json"
	mergesFile  = "merges.txt"

	// What other programs keep a tokenizer in. Ours replaces it.
	tokenizerFile = "tokenizer.json"
)

// configJSON is config.json with the field names of Hugging Face's GPT-2.
type configJSON struct {
	ModelType     string   `json:"model_type"`
	Architectures []string `json:"architectures"`
	Vocab         int      `json:"vocab_size"`
	Context       int      `json:"n_positions"`
	Width         int      `json:"n_embd"`
	Layers        int      `json:"n_layer"`
	Heads         int      `json:"n_head"`
	EmbdDropout   float32  `json:"embd_pdrop"` // a choice of training, here: always 0
	AttnDropout   float32  `json:"attn_pdrop"`
	ResidDropout  float32  `json:"resid_pdrop"`
	TiedHead      bool     `json:"tie_word_embeddings"`
	QKVBias       bool     `json:"qkv_bias"` // ours alone

	// What chapter 4 has built in.
	Activation   string  `json:"activation_function"`
	Epsilon      float64 `json:"layer_norm_epsilon"`
	Inner        *int    `json:"n_inner"` // 4·n_embd if null
	Scaled       bool    `json:"scale_attn_weights"`
	LayerScaled  bool    `json:"scale_attn_by_inverse_layer_idx"`
	CrossAttends bool    `json:"add_cross_attention"`
}

// newConfigJSON returns what config.json says of a model.
func newConfigJSON(c gpt.Config) configJSON {
	return configJSON{
		ModelType: "gpt2", Architectures: []string{"GPT2LMHeadModel"},
		Vocab: c.Vocab, Context: c.Context, Width: c.Width, Layers: c.Layers, Heads: c.Heads,
		TiedHead: c.TiedHead, QKVBias: c.QKVBias,
		Activation: "gelu_new", Epsilon: 1e-5, Scaled: true,
	}
}

// SaveModel writes a model and its tokenizer to dir, which it creates if
// needed: all files or, where it returns an error, none.
func SaveModel(dir string, m *gpt.Model, t *tokens.BPE) error {
	err := durable.Save(dir, func(dir string) error {
		for _, file := range []struct {
			name  string
			write func(io.Writer) error
		}{
			{weightsFile, func(w io.Writer) error {
				return safetensors.Write(w, safetensors.F32, m.Params(), map[string]string{"format": "pt"})
			}},
			{vocabFile, t.WriteVocab},
			{mergesFile, t.WriteMerges},
			{configFile, func(w io.Writer) error { return writeJSON(w, newConfigJSON(m.Config)) }},
		} {
			if err := durable.WriteFile(filepath.Join(dir, file.name), file.write); err != nil {
				return err
			}
		}
		return nil
	}, tokenizerFile)
	if err != nil {
		return fmt.Errorf("saving the model: %w", err)
	}
	return nil
}

// LoadModel reads the model and the tokenizer that [SaveModel] wrote to dir.
func LoadModel(dir string) (m *gpt.Model, t *tokens.BPE, err error) {
	if _, err := os.Stat(dir); err != nil {
		return nil, nil, fmt.Errorf("no model in %s: %w", dir, err)
	}
	err = durable.Read(dir, func(files fs.FS) error {
		m, t, err = LoadModelFS(files, dir)
		return err
	})
	return m, t, err
}

// LoadTokenizer reads only the tokenizer of the model in dir.
func LoadTokenizer(dir string) (t *tokens.BPE, err error) {
	err = durable.Read(dir, func(files fs.FS) error {
		t, err = readTokenizer(files, dir)
		return err
	})
	return t, err
}

// LoadModelFS is [LoadModel] for any file system, such as one embedded in a
// program. The name of its directory stands in messages.
func LoadModelFS(files fs.FS, dir string) (*gpt.Model, *tokens.BPE, error) {
	c, err := readConfig(files, dir)
	if err != nil {
		return nil, nil, err
	}
	t, err := readTokenizer(files, dir)
	if err != nil {
		return nil, nil, err
	}
	if t.Vocab() != c.Vocab {
		return nil, nil, fmt.Errorf("%s: the tokenizer has %d ids, the model's vocabulary %d; "+
			"the files belong to different models", dir, t.Vocab(), c.Vocab)
	}
	weights, err := openWeights(files, dir)
	if err != nil {
		return nil, nil, err
	}
	defer weights.Close()
	if err := checkTensors(weights, c); err != nil {
		return nil, nil, err
	}
	m := gpt.New(c)
	if err := safetensors.Fill(weights, m.Params()); err != nil {
		return nil, nil, err
	}
	return m, t, nil
}

// checkTensors compares the weights of a model with its configuration before any
// memory is spent on them, which a wrong number in config.json could make
// enormous.
func checkTensors(weights *safetensors.Tensors, c gpt.Config) error {
	last := c.Layers - 1
	_, ok := weights.Shape(fmt.Sprintf("h.%d.ln_1.weight", last))
	if !ok || last > len(weights.Names()) {
		return fmt.Errorf("%s: no layer %d, config.json says there are %d",
			weights.Name, last, c.Layers)
	}
	frozen := (&gpt.Model{Config: c}).Gradient(func(string) bool { return false })
	known := map[string]bool{}
	for _, p := range frozen.Params() { // all of them, with no memory behind
		if err := weights.Check(safetensors.Tensor(p)); err != nil {
			return err
		}
		known[p.Name] = true
	}
	for _, name := range weights.Names() {
		if !known[name] && !maskName.MatchString(name) && name != headName {
			return fmt.Errorf("%s: tensor %q belongs to no GPT-2 of this configuration",
				weights.Name, name)
		}
	}
	return nil
}

// readConfig reads config.json. What it leaves out is as in the smallest GPT-2.
func readConfig(files fs.FS, dir string) (gpt.Config, error) {
	path := filepath.Join(dir, configFile)
	data, err := fs.ReadFile(files, configFile)
	if err != nil {
		return gpt.Config{}, fmt.Errorf("no model in %s: %w", dir, err)
	}
	j := newConfigJSON(gpt.GPT2Small)
	j.ModelType = "" // has to be there
	if err := strictjson.Unmarshal(data, &j, strictjson.Ignore); err != nil {
		return gpt.Config{}, fmt.Errorf("%s: %w", path, err)
	}
	inner := 4 * j.Width
	if j.Inner != nil {
		inner = *j.Inner
	}
	for _, field := range []struct {
		name      string
		got, want any
	}{
		{"model_type", j.ModelType, "gpt2"},
		{"activation_function", j.Activation, "gelu_new"},
		{"layer_norm_epsilon", j.Epsilon, 1e-5},
		{"n_inner", inner, 4 * j.Width},
		{"scale_attn_weights", j.Scaled, true},
		{"scale_attn_by_inverse_layer_idx", j.LayerScaled, false},
		{"add_cross_attention", j.CrossAttends, false},
	} {
		if field.got != field.want {
			return gpt.Config{}, fmt.Errorf("%s: %s is %#v; only %#v is read",
				path, field.name, field.got, field.want)
		}
	}
	c := gpt.Config{
		Vocab: j.Vocab, Context: j.Context, Width: j.Width, Layers: j.Layers, Heads: j.Heads,
		TiedHead: j.TiedHead, QKVBias: j.QKVBias,
	}
	if err := c.Validate(); err != nil {
		return gpt.Config{}, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

// readTokenizer reads tokenizer.json, or where there is none vocab.json and
// merges.txt.
func readTokenizer(files fs.FS, dir string) (*tokens.BPE, error) {
	data, err := fs.ReadFile(files, tokenizerFile)
	if errors.Is(err, fs.ErrNotExist) {
		return readTwoFiles(files, dir)
	}
	var t *tokens.BPE
	if err == nil {
		var ids map[string]int
		var merges []string
		if ids, merges, err = tokenizerjson.Read(data); err == nil {
			t, err = tokens.ParseBPE(ids, merges)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, tokenizerFile), err)
	}
	return t, nil
}

// readTwoFiles reads vocab.json and merges.txt.
func readTwoFiles(files fs.FS, dir string) (*tokens.BPE, error) {
	var contents [2]bytes.Reader
	for i, name := range []string{vocabFile, mergesFile} {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("no tokenizer in %s: %w", dir, err)
		}
		contents[i].Reset(data)
	}
	t, err := tokens.ReadBPE(&contents[0], &contents[1])
	if err != nil {
		return nil, fmt.Errorf("the tokenizer in %s: %w", dir, err)
	}
	return t, nil
}

// writeJSON writes v so that people can read it too.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
