// Package llamafiles reads what stands beside the values of a model of the Llama
// family in the files that Hugging Face's libraries keep it in: its configuration,
// in config.json, and the names of its tensors. It does the same for a GGUF file, and
// says what goes into one.
package llamafiles

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llm-from-scratch/llm/internal/strictjson"
)

// ConfigFile holds a model's configuration.
const ConfigFile = "config.json"

// Config is config.json as far as it changes what a model computes.
type Config struct {
	ModelType string  `json:"model_type"` // llama, qwen2 or qwen3
	Vocab     int     `json:"vocab_size"`
	Context   int     `json:"max_position_embeddings"`
	Width     int     `json:"hidden_size"`
	Hidden    int     `json:"intermediate_size"`
	Layers    int     `json:"num_hidden_layers"`
	Heads     int     `json:"num_attention_heads"`
	KVHeads   int     `json:"num_key_value_heads"`
	HeadDim   int     `json:"head_dim"`
	Epsilon   float64 `json:"rms_norm_eps"`
	Tied      bool    `json:"tie_word_embeddings"`
	Bias      bool    `json:"attention_bias"`
	MLPBias   bool    `json:"mlp_bias"`
	Rope      Rope    `json:"rope_parameters"`
}

// Rope is how positions turn queries and keys.
type Rope struct {
	Type    string  `json:"rope_type"` // default or llama3
	Theta   float64 `json:"rope_theta"`
	Factor  float64 `json:"factor,omitzero"`
	Low     float64 `json:"low_freq_factor,omitzero"`
	High    float64 `json:"high_freq_factor,omitzero"`
	Context int     `json:"original_max_position_embeddings,omitzero"`
	OldType string  `json:"type,omitzero"` // what rope_type was called once
	Partial float64 `json:"partial_rotary_factor,omitzero"`
}

// WriteConfig writes config.json in the layout of transformers 5, which reads it and
// the older ones.
func WriteConfig(w io.Writer, c Config) error {
	return strictjson.Write(w, struct {
		Config
		Architectures []string `json:"architectures"`
		Activation    string   `json:"hidden_act"`
	}{c, []string{architectures[c.ModelType]}, "silu"})
}

// architectures are the families, and what Hugging Face's libraries call them.
var architectures = map[string]string{"llama": "LlamaForCausalLM", "qwen2": "Qwen2ForCausalLM", "qwen3": "Qwen3ForCausalLM"}

// built is what to take where a model is not read.
const built = "gpt2, llama, qwen2 and qwen3 are built here: take a model of Llama 3, Qwen2.5, Qwen3 or SmolLM2"

// configJSON is config.json in the layouts of all years.
type configJSON struct {
	Config
	Architectures []string `json:"architectures"`       // says the type where model_type does not
	KVHeads       *int     `json:"num_key_value_heads"` // as many as heads if null
	HeadDim       *int     `json:"head_dim"`            // hidden_size over heads if null
	Rope          *Rope    `json:"rope_parameters"`     // of transformers 5
	Scaling       *Rope    `json:"rope_scaling"`        // of the published files
	Theta         *float64 `json:"rope_theta"`
	Partial       *float64 `json:"partial_rotary_factor"`
	Activation    string   `json:"hidden_act"`
	Window        *int     `json:"sliding_window"`
	UseWindow     bool     `json:"use_sliding_window"`
	WindowLayers  *int     `json:"max_window_layers"`
	LayerTypes    []string `json:"layer_types"`
	Experts       *int     `json:"num_experts"`
	LocalExperts  *int     `json:"num_local_experts"`
	Quantized     any      `json:"quantization_config"`
}

// ReadConfig reads config.json. It is an error if it says that the model computes
// anything that branches/llama does not.
func ReadConfig(files fs.FS, dir string) (Config, error) {
	path := filepath.Join(dir, ConfigFile)
	data, err := fs.ReadFile(files, ConfigFile)
	if err != nil {
		return Config{}, fmt.Errorf("no model in %s: %w", dir, err)
	}
	j := configJSON{Config: Config{Context: 2048, Epsilon: 1e-6}, Activation: "silu"}
	if err := strictjson.Unmarshal(data, &j, strictjson.Ignore); err != nil {
		return Config{}, fmt.Errorf("%s: %w", path, err)
	}
	c, err := j.config()
	if err != nil {
		return Config{}, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

// Kind is the type of model that config.json speaks of: gpt2 if it says nothing else.
func Kind(files fs.FS) string {
	var j struct {
		ModelType     string   `json:"model_type"`
		Architectures []string `json:"architectures"`
	}
	data, err := fs.ReadFile(files, ConfigFile)
	if err != nil || strictjson.Unmarshal(data, &j, strictjson.Ignore) != nil {
		return "gpt2"
	}
	return cmp.Or(kind(j.ModelType, j.Architectures), "gpt2")
}

// kind is a model_type, or where that is missing the one of the architectures, or the
// first of these if none is built.
func kind(modelType string, architecture []string) string {
	if modelType != "" || len(architecture) == 0 {
		return modelType
	}
	for kind, name := range architectures {
		if slices.Contains(architecture, name) {
			return kind
		}
	}
	if strings.HasPrefix(architecture[0], "GPT2") {
		return "gpt2"
	}
	return architecture[0]
}

// config is what the layouts have in common, or the first thing that is not built.
func (j configJSON) config() (Config, error) {
	c := j.Config
	c.KVHeads, c.HeadDim = c.Heads, c.Width/max(1, c.Heads)
	if j.KVHeads != nil {
		c.KVHeads = *j.KVHeads
	}
	if j.HeadDim != nil {
		c.HeadDim = *j.HeadDim
	} else if c.Heads*c.HeadDim != c.Width {
		return c, fmt.Errorf("hidden_size %d is not divisible by num_attention_heads %d, and there is no head_dim", c.Width, c.Heads)
	}
	c.Rope = j.rope()
	c.ModelType = kind(c.ModelType, j.Architectures)
	for _, field := range []struct {
		name string
		ok   bool
		got  any
		only string
	}{
		{"model_type", architectures[c.ModelType] != "", c.ModelType, built},
		{"hidden_act", j.Activation == "silu", j.Activation, "silu is built here"},
		{"rope_type", c.Rope.Type == "default" || c.Rope.Type == "llama3", c.Rope.Type, "default and llama3 are built here"},
		{"partial_rotary_factor", c.Rope.Partial == 1, c.Rope.Partial, "1 is built here"},
		{"num_experts", j.Experts == nil && j.LocalExperts == nil, "set", "models without experts are built here"},
		{"quantization_config", j.Quantized == nil, "set", "F32, F16 and BF16 are read: take the model's original files"},
		{"sliding_window", !j.windowActs(), "in use", "full attention is built here"},
	} {
		if !field.ok {
			return c, fmt.Errorf("%s is %v; only %s", field.name, field.got, field.only)
		}
	}
	return c, nil
}

// rope finds the positions in whichever layout has them. What stands in
// rope_parameters goes before what stands at the top.
func (j configJSON) rope() Rope {
	r := Rope{Partial: 1}
	if j.Partial != nil {
		r.Partial = *j.Partial
	}
	if j.Theta != nil {
		r.Theta = *j.Theta
	}
	for _, own := range []*Rope{j.Scaling, j.Rope} {
		if own != nil {
			theta, partial := cmp.Or(own.Theta, r.Theta), cmp.Or(own.Partial, r.Partial)
			r = *own
			r.Theta, r.Partial = theta, partial
		}
	}
	r.Theta = cmp.Or(r.Theta, 10000)
	r.Type = cmp.Or(r.Type, r.OldType, "default")
	return r
}

// windowActs says whether some layer sees only the last positions. Qwen2.5 names a
// window and switches it off.
func (j configJSON) windowActs() bool {
	if !j.UseWindow || j.Window == nil {
		return false
	}
	if j.LayerTypes != nil {
		return slices.Contains(j.LayerTypes, "sliding_attention")
	}
	return j.WindowLayers == nil || *j.WindowLayers < j.Layers
}
