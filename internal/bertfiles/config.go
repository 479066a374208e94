package bertfiles

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"github.com/llm-from-scratch/llm/internal/strictjson"
)

// ConfigFile holds a model's configuration.
const ConfigFile = "config.json"

// Config is what branches/bert calls so, and can be converted to: config.json as far as
// it changes what a model computes, and what the weights have above the encoder.
type Config struct {
	Vocab   int     `json:"vocab_size"`
	Context int     `json:"max_position_embeddings"`
	Width   int     `json:"hidden_size"`
	Hidden  int     `json:"intermediate_size"`
	Layers  int     `json:"num_hidden_layers"`
	Heads   int     `json:"num_attention_heads"`
	Types   int     `json:"type_vocab_size"`
	Epsilon float64 `json:"layer_norm_eps"`

	Pooler bool `json:"-"`
	Masked bool `json:"-"`
	Labels int  `json:"-"`
}

// configJSON is the whole of it, with what is built in.
type configJSON struct {
	Config
	ModelType     string   `json:"model_type"`
	Architectures []string `json:"architectures"`
	Activation    string   `json:"hidden_act"`
	Positions     *string  `json:"position_embedding_type,omitempty"`
	Decoder       bool     `json:"is_decoder"`
	Cross         bool     `json:"add_cross_attention"`
	Tied          bool     `json:"tie_word_embeddings"`
	Quantized     any      `json:"quantization_config,omitempty"`
}

// WriteConfig writes config.json.
func WriteConfig(w io.Writer, c Config) error {
	architecture := "BertModel"
	switch {
	case c.Labels > 0:
		architecture = "BertForSequenceClassification"
	case c.Masked:
		architecture = "BertForMaskedLM"
	}
	return strictjson.Write(w, configJSON{
		Config: c, ModelType: "bert", Architectures: []string{architecture}, Activation: "gelu", Tied: true,
	})
}

// ReadConfig reads config.json. It is an error if it says that the model computes
// anything that branches/bert does not.
func ReadConfig(files fs.FS, dir string) (Config, error) {
	path := filepath.Join(dir, ConfigFile)
	data, err := fs.ReadFile(files, ConfigFile)
	if err != nil {
		return Config{}, fmt.Errorf("no model in %s: %w", dir, err)
	}
	absolute := "absolute"
	j := configJSON{Config: Config{Types: 2, Epsilon: 1e-12}, Activation: "gelu", Positions: &absolute, Tied: true}
	if err := strictjson.Unmarshal(data, &j, strictjson.Ignore); err != nil {
		return Config{}, fmt.Errorf("%s: %w", path, err)
	}
	for _, field := range []struct {
		name string
		ok   bool
		got  any
		only string
	}{
		{"model_type", j.ModelType == "bert", j.ModelType, "bert is built here"},
		{"hidden_act", j.Activation == "gelu", j.Activation, "gelu is built here"},
		{"position_embedding_type", j.Positions == nil || *j.Positions == absolute, j.Positions, "absolute is built here"},
		{"is_decoder", !j.Decoder, j.Decoder, "encoders are built here"},
		{"add_cross_attention", !j.Cross, j.Cross, "encoders are built here"},
		{"tie_word_embeddings", j.Tied, j.Tied, "a head that shares the embedding is built here"},
		{"quantization_config", j.Quantized == nil, "set", "F32, F16 and BF16 are read: take the model's original files"},
	} {
		if !field.ok {
			if s, ok := field.got.(*string); ok {
				field.got = *s
			}
			return Config{}, fmt.Errorf("%s: %s is %v; only %s", path, field.name, field.got, field.only)
		}
	}
	return j.Config, nil
}

// The files of a sentence encoder, as the library sentence-transformers writes them.
const (
	modulesFile = "modules.json"
	limitFile   = "sentence_bert_config.json"
	poolingFile = "1_Pooling/config.json"
)

// ReadLimit is the number of tokens at which a sentence encoder cuts a text: no more than
// the context, and 256 where nothing says so. It is an error if it makes of the hidden
// vectors anything but their mean.
func ReadLimit(files fs.FS, dir string, context int) (int, error) {
	var modules []struct {
		Type string `json:"type"`
		Path string `json:"path"`
	}
	limit := struct {
		Longest int `json:"max_seq_length"`
	}{256}
	pooling := struct {
		Class     bool `json:"pooling_mode_cls_token"`
		Mean      bool `json:"pooling_mode_mean_tokens"`
		Max       bool `json:"pooling_mode_max_tokens"`
		Root      bool `json:"pooling_mode_mean_sqrt_len_tokens"`
		Weighted  bool `json:"pooling_mode_weightedmean_tokens"`
		LastToken bool `json:"pooling_mode_lasttoken"`
	}{Mean: true}
	for name, v := range map[string]any{modulesFile: &modules, limitFile: &limit, poolingFile: &pooling} {
		data, err := fs.ReadFile(files, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = strictjson.Unmarshal(data, v, strictjson.Ignore)
		}
		if err != nil {
			return 0, fmt.Errorf("%s: %w", filepath.Join(dir, name), err)
		}
	}
	for _, m := range modules {
		switch m.Type {
		case "sentence_transformers.models.Transformer", "sentence_transformers.models.Pooling", "sentence_transformers.models.Normalize":
		default:
			return 0, fmt.Errorf("%s: the module %s is not built here", filepath.Join(dir, modulesFile), m.Type)
		}
	}
	if p := pooling; !p.Mean || p.Class || p.Max || p.Root || p.Weighted || p.LastToken {
		return 0, fmt.Errorf("%s: only the mean of all tokens is built here", filepath.Join(dir, poolingFile))
	}
	if limit.Longest < 3 {
		return 0, fmt.Errorf("%s: max_seq_length is %d; it must be at least 3", filepath.Join(dir, limitFile), limit.Longest)
	}
	return min(limit.Longest, context), nil
}
