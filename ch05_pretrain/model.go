package pretrain

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
)

// The files of a model's directory, under the names that other tools expect.
const (
	configFile  = "config.json"
	weightsFile = "model.safetensors"
	vocabFile   = "vocab.json"
	mergesFile  = "merges.txt"
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
	EmbdDropout   float32  `json:"embd_pdrop"`
	AttnDropout   float32  `json:"attn_pdrop"`
	ResidDropout  float32  `json:"resid_pdrop"`
	Activation    string   `json:"activation_function"`
	Epsilon       float64  `json:"layer_norm_epsilon"`
	TiedHead      *bool    `json:"tie_word_embeddings,omitempty"` // true if absent
	QKVBias       *bool    `json:"qkv_bias,omitempty"`            // true if absent; ours alone
}

// SaveModel writes a model and its tokenizer to dir, which it creates if
// needed. Each file appears when it is whole.
func SaveModel(dir string, m *gpt.Model, t *tokens.BPE) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	c := m.Config
	config := configJSON{
		ModelType: "gpt2", Architectures: []string{"GPT2LMHeadModel"},
		Vocab: c.Vocab, Context: c.Context, Width: c.Width, Layers: c.Layers, Heads: c.Heads,
		EmbdDropout: c.Dropout, AttnDropout: c.Dropout, ResidDropout: c.Dropout,
		Activation: "gelu_new", Epsilon: 1e-5, TiedHead: &c.TiedHead, QKVBias: &c.QKVBias,
	}
	for _, file := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{weightsFile, func(w io.Writer) error {
			return WriteTensors(w, m.Params(), map[string]string{"format": "pt"})
		}},
		{vocabFile, t.WriteVocab},
		{mergesFile, t.WriteMerges},
		{configFile, func(w io.Writer) error { return writeJSON(w, config) }},
	} {
		if err := WriteFile(filepath.Join(dir, file.name), file.write); err != nil {
			return fmt.Errorf("saving the model: %w", err)
		}
	}
	return nil
}

// LoadModel reads the model and the tokenizer that [SaveModel] wrote to dir.
func LoadModel(dir string) (*gpt.Model, *tokens.BPE, error) {
	if _, err := os.Stat(dir); err != nil {
		return nil, nil, fmt.Errorf("no model in %s: %w", dir, err)
	}
	return LoadModelFS(os.DirFS(dir), dir)
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
	weights, closeFile, err := OpenTensors(files, dir, weightsFile)
	if err != nil {
		return nil, nil, err
	}
	defer closeFile()
	if err := checkShapes(weights, c, filepath.Join(dir, weightsFile)); err != nil {
		return nil, nil, err
	}
	m := gpt.New(c)
	for _, p := range m.Params() {
		if err := weights.Read(p); err != nil {
			return nil, nil, err
		}
	}
	return m, t, nil
}

// checkShapes compares a file with a configuration before any memory is spent
// on its weights, which a wrong number in config.json could make enormous.
func checkShapes(weights *Tensors, c gpt.Config, path string) error {
	for _, table := range []gpt.Param{
		{Name: "wte.weight", Shape: []int{c.Vocab, c.Width}},
		{Name: "wpe.weight", Shape: []int{c.Context, c.Width}},
	} {
		shape, ok := weights.Shape(table.Name)
		if ok && !slices.Equal(shape, table.Shape) {
			return fmt.Errorf("%s: tensor %q has shape %v, config.json says %v",
				path, table.Name, shape, table.Shape)
		}
	}
	last := c.Layers - 1
	if _, ok := weights.Shape(fmt.Sprintf("h.%d.ln_1.weight", last)); !ok {
		return fmt.Errorf("%s: no layer %d, config.json says there are %d", path, last, c.Layers)
	}
	return nil
}

// readConfig reads config.json.
func readConfig(files fs.FS, dir string) (gpt.Config, error) {
	path := filepath.Join(dir, configFile)
	data, err := fs.ReadFile(files, configFile)
	if err != nil {
		return gpt.Config{}, fmt.Errorf("no model in %s: %w", dir, err)
	}
	var j configJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return gpt.Config{}, fmt.Errorf("%s: %w", path, err)
	}
	if j.ModelType != "gpt2" {
		err := fmt.Errorf("%s: model_type is %q; only gpt2 is read", path, j.ModelType)
		return gpt.Config{}, err
	}
	c := gpt.Config{
		Vocab: j.Vocab, Context: j.Context, Width: j.Width, Layers: j.Layers, Heads: j.Heads,
		Dropout:  j.ResidDropout,
		TiedHead: j.TiedHead == nil || *j.TiedHead, QKVBias: j.QKVBias == nil || *j.QKVBias,
	}
	if err := c.Validate(); err != nil {
		return gpt.Config{}, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

// readTokenizer reads vocab.json and merges.txt.
func readTokenizer(files fs.FS, dir string) (*tokens.BPE, error) {
	var contents [2][]byte
	for i, name := range []string{vocabFile, mergesFile} {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("no tokenizer in %s: %w", dir, err)
		}
		contents[i] = data
	}
	t, err := tokens.ReadBPE(bytes.NewReader(contents[0]), bytes.NewReader(contents[1]))
	if err != nil {
		return nil, fmt.Errorf("the tokenizer in %s: %w", dir, err)
	}
	return t, nil
}

// OpenTensors opens the safetensors file name of a file system whose files can be
// read at any place, as those of directories and of embedded ones can, and
// returns a function that closes it. The name of the directory stands in
// messages.
func OpenTensors(files fs.FS, dir, name string) (*Tensors, func() error, error) {
	path := filepath.Join(dir, name)
	f, err := files.Open(name)
	if err != nil {
		return nil, nil, fmt.Errorf("no weights in %s: %w", dir, err)
	}
	r, ok := f.(io.ReaderAt)
	info, err := f.Stat()
	if err == nil && !ok {
		err = fmt.Errorf("%s: this file system cannot read a file at any place", path)
	}
	var t *Tensors
	if err == nil {
		t, err = ReadTensors(path, r, info.Size())
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return t, f.Close, nil
}

// writeJSON writes v so that people can read it too.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
