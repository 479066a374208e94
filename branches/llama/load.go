package llama

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"github.com/llm-from-scratch/llm/branches/layers"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/gguf"
	"github.com/llm-from-scratch/llm/internal/llamafiles"
)

// Load reads the model in the directory dir of a file system, as Hugging Face's
// libraries save a LlamaForCausalLM, Qwen2ForCausalLM or Qwen3ForCausalLM. The
// directory's name stands in messages.
func Load(files fs.FS, dir string) (*Model, error) {
	j, err := llamafiles.ReadConfig(files, dir)
	if err != nil {
		return nil, err
	}
	return load(FromConfig(j), filepath.Join(dir, llamafiles.ConfigFile), func(shapes, make func() []gpt.Param) error {
		return llamafiles.ReadWeights(files, dir, shapes, make)
	})
}

// load returns a model whose values read has filled in. The name is that of the file
// with the configuration.
func load(c Config, name string, read func(shapes, make func() []gpt.Param) error) (*Model, error) {
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var m *Model
	err := read(c.Params, func() []gpt.Param {
		m = New(c)
		return m.Params()
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// LoadGGUF reads the model in a GGUF file, of one of the same families.
func LoadGGUF(f *gguf.File) (*Model, error) {
	j, err := llamafiles.FromGGUF(f)
	if err != nil {
		return nil, err
	}
	return load(FromConfig(j), f.Name, func(shapes, make func() []gpt.Param) error {
		return llamafiles.ReadGGUF(f, j, shapes, make)
	})
}

// WriteConfig writes config.json, so that chapter 5 can save the model. That is an error
// if Params are not all that there is in it.
func (m *Model) WriteConfig(w io.Writer) error {
	for _, l := range m.Linears() {
		if l.Change != nil || l.Int8 != nil {
			return errors.New("llama: no file has changes beside matrices, or matrices of bytes")
		}
	}
	return llamafiles.WriteConfig(w, m.Config.ForFiles())
}

// ForFiles is [FromConfig] the other way round.
func (c Config) ForFiles() llamafiles.Config {
	j := llamafiles.Config{
		ModelType: "llama", Vocab: c.Vocab, Context: c.Context, Width: c.Width, Hidden: c.Hidden, Layers: c.Layers,
		Heads: c.Heads, KVHeads: c.KVHeads, HeadDim: c.HeadDim, Epsilon: c.Epsilon, Tied: c.TiedHead,
		Bias: c.OutBias, MLPBias: c.MLPBias, Rope: llamafiles.Rope{Type: "default", Theta: c.Rotary.Theta},
	}
	switch {
	case c.QKNorm:
		j.ModelType = "qwen3"
	case c.QKVBias && !c.OutBias:
		j.ModelType = "qwen2"
	}
	if s := c.Rotary.Scaling; s.Factor != 0 {
		j.Rope = llamafiles.Rope{Type: "llama3", Theta: c.Rotary.Theta, Factor: s.Factor, Low: s.Low, High: s.High, Context: s.Context}
	}
	return j
}

// FromConfig is what config.json says, in this package's words. The three families
// differ in what they leave unsaid.
func FromConfig(j llamafiles.Config) Config {
	c := Config{
		Vocab: j.Vocab, Context: j.Context, Width: j.Width, Hidden: j.Hidden, Layers: j.Layers,
		Heads: j.Heads, KVHeads: j.KVHeads, HeadDim: j.HeadDim, Epsilon: j.Epsilon, TiedHead: j.Tied,
		QKVBias: j.Bias, OutBias: j.Bias, MLPBias: j.MLPBias,
		Rotary: layers.Rotary{Theta: j.Rope.Theta},
	}
	switch j.ModelType {
	case "qwen2":
		c.QKVBias, c.OutBias = true, false
	case "qwen3":
		c.QKNorm = true
	}
	if j.Rope.Type == "llama3" {
		c.Rotary.Scaling = layers.Scaling{Factor: j.Rope.Factor, Low: j.Rope.Low, High: j.Rope.High, Context: j.Rope.Context}
	}
	return c
}
