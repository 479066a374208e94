// Package gpt2files reads what stands beside a GPT-2's values in the files that
// Hugging Face's libraries keep it in: its configuration, in config.json, and the
// names of its tensors. It does the same for a GGUF file, and says what goes into one.
package gpt2files

import (
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"github.com/llm-from-scratch/llm/internal/strictjson"
)

// ConfigFile holds a model's configuration.
const ConfigFile = "config.json"

// Config has the fields of chapter 4's gpt.Config, to which it can be converted.
type Config struct {
	Vocab    int  `json:"vocab_size"`
	Context  int  `json:"n_positions"`
	Width    int  `json:"n_embd"`
	Heads    int  `json:"n_head"`
	Layers   int  `json:"n_layer"`
	QKVBias  bool `json:"qkv_bias"` // ours alone
	TiedHead bool `json:"tie_word_embeddings"`
}

// configJSON is config.json with the field names of Hugging Face's GPT-2.
type configJSON struct {
	ModelType     string   `json:"model_type"`
	Architectures []string `json:"architectures"`
	Config
	EmbdDropout  float32 `json:"embd_pdrop"` // a choice of training, here: always 0
	AttnDropout  float32 `json:"attn_pdrop"`
	ResidDropout float32 `json:"resid_pdrop"`

	// What chapter 4 has built in.
	Activation   string  `json:"activation_function"`
	Epsilon      float64 `json:"layer_norm_epsilon"`
	Inner        *int    `json:"n_inner"` // 4·n_embd if null
	Scaled       bool    `json:"scale_attn_weights"`
	LayerScaled  bool    `json:"scale_attn_by_inverse_layer_idx"`
	CrossAttends bool    `json:"add_cross_attention"`
}

// newConfigJSON returns what config.json says of a model.
func newConfigJSON(c Config) configJSON {
	return configJSON{
		ModelType: "gpt2", Architectures: []string{"GPT2LMHeadModel"}, Config: c,
		Activation: "gelu_new", Epsilon: 1e-5, Scaled: true,
	}
}

// WriteConfig writes config.json.
func WriteConfig(w io.Writer, c Config) error { return strictjson.Write(w, newConfigJSON(c)) }

// ReadConfig reads config.json. What it leaves out is as in usual, but it must say
// that the model is a GPT-2, and all that chapter 4 has built in must be so.
func ReadConfig(files fs.FS, dir string, usual Config) (Config, error) {
	j := newConfigJSON(usual)
	j.ModelType = "" // has to be there
	path := filepath.Join(dir, ConfigFile)
	data, err := fs.ReadFile(files, ConfigFile)
	if err != nil {
		return Config{}, fmt.Errorf("no model in %s: %w", dir, err)
	}
	if err := strictjson.Unmarshal(data, &j, strictjson.Ignore); err != nil {
		return Config{}, fmt.Errorf("%s: %w", path, err)
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
			return Config{}, fmt.Errorf("%s: %s is %#v; only %#v is read",
				path, field.name, field.got, field.want)
		}
	}
	return j.Config, nil
}
