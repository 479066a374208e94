// Package export writes a model as the Hugging Face libraries save a GPT-2, for
// everything that loads what they save.
//
// The names of the tensors have no prefix, as in the files that GPT-2 was
// published with: there are programs that read only these.
package export

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/durable"
	"github.com/llm-from-scratch/llm/internal/safetensors"
	"github.com/llm-from-scratch/llm/internal/tokenizerjson"
)

// Files are the files of an exported model.
var Files = []string{
	"model.safetensors", "vocab.json", "merges.txt", "tokenizer.json", "tokenizer_config.json",
	"generation_config.json", "config.json",
}

// Write writes a model and its tokenizer to dir, which it creates if needed,
// with weights of type t: all files, or none if ctx breaks it off.
func Write(ctx context.Context, dir string, m *gpt.Model, bpe *tokens.BPE, t safetensors.DType) error {
	special := tokenizerjson.Added{Content: tokens.EndOfText, Normalized: true, Special: true}
	asJSON := func(v any) func(io.Writer) error {
		return func(w io.Writer) error { return writeJSON(w, v) }
	}
	write := map[string]func(io.Writer) error{
		"model.safetensors": func(w io.Writer) error {
			return safetensors.Write(w, t, withBiases(m), map[string]string{"format": "pt"})
		},
		"vocab.json":             bpe.WriteVocab,
		"merges.txt":             bpe.WriteMerges,
		"tokenizer.json":         func(w io.Writer) error { return writeTokenizer(w, bpe, special) },
		"tokenizer_config.json":  asJSON(newTokenizerConfig(bpe, m.Config.Context, special)),
		"generation_config.json": asJSON(generationConfig{bpe.EndOfText(), bpe.EndOfText()}),
		"config.json":            asJSON(newConfig(m.Config, bpe, t)),
	}
	return durable.Save(dir, func(dir string) error {
		for _, name := range Files {
			err := durable.WriteFile(filepath.Join(dir, name), func(w io.Writer) error { return write[name](writer{ctx, w}) })
			if err != nil {
				return fmt.Errorf("writing %s: %w", name, err)
			}
		}
		return nil
	})
}

// writer is a writer that fails once ctx is cancelled.
type writer struct {
	ctx context.Context
	w   io.Writer
}

func (w writer) Write(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.w.Write(p)
}

// withBiases lists the parameters of m, and biases of zero where a GPT-2 has
// some and m has none.
func withBiases(m *gpt.Model) []gpt.Param {
	if m.Config.QKVBias {
		return m.Params()
	}
	zeros := make([]float32, 3*m.Config.Width)
	var params []gpt.Param
	for _, p := range m.Params() {
		params = append(params, p)
		if layer, found := strings.CutSuffix(p.Name, "attn.c_attn.weight"); found {
			params = append(params, gpt.Param{Name: layer + "attn.c_attn.bias", Shape: []int{len(zeros)}, Data: zeros})
		}
	}
	return params
}

// config is config.json. Some programs look for the context in n_positions, some
// in n_ctx.
type config struct {
	Architectures    []string `json:"architectures"`
	ModelType        string   `json:"model_type"`
	Vocab            int      `json:"vocab_size"`
	Positions        int      `json:"n_positions"`
	Context          int      `json:"n_ctx"`
	Width            int      `json:"n_embd"`
	Layers           int      `json:"n_layer"`
	Heads            int      `json:"n_head"`
	Inner            *int     `json:"n_inner"`
	Activation       string   `json:"activation_function"`
	Epsilon          float64  `json:"layer_norm_epsilon"`
	EmbdDropout      float32  `json:"embd_pdrop"` // a choice of training, here: always 0
	AttnDropout      float32  `json:"attn_pdrop"`
	ResidDropout     float32  `json:"resid_pdrop"`
	InitializerRange float64  `json:"initializer_range"`
	ScaleAttention   bool     `json:"scale_attn_weights"`
	ScaleByLayer     bool     `json:"scale_attn_by_inverse_layer_idx"`
	Upcast           bool     `json:"reorder_and_upcast_attn"`
	TiedHead         bool     `json:"tie_word_embeddings"`
	Begin            int      `json:"bos_token_id"`
	End              int      `json:"eos_token_id"`
	UseCache         bool     `json:"use_cache"`
	DType            string   `json:"torch_dtype"`
}

func newConfig(c gpt.Config, bpe *tokens.BPE, t safetensors.DType) config {
	return config{
		Architectures: []string{"GPT2LMHeadModel"}, ModelType: "gpt2",
		Vocab: c.Vocab, Positions: c.Context, Context: c.Context, Width: c.Width, Layers: c.Layers, Heads: c.Heads,
		Activation: "gelu_new", Epsilon: 1e-5,
		InitializerRange: 0.02, ScaleAttention: true, TiedHead: c.TiedHead,
		Begin: bpe.EndOfText(), End: bpe.EndOfText(), UseCache: true,
		DType: map[safetensors.DType]string{
			safetensors.F32: "float32", safetensors.F16: "float16", safetensors.BF16: "bfloat16",
		}[t],
	}
}

// generationConfig is generation_config.json: a text begins and ends with the
// same token.
type generationConfig struct {
	Begin int `json:"bos_token_id"`
	End   int `json:"eos_token_id"`
}

// tokenizerConfig is tokenizer_config.json.
type tokenizerConfig struct {
	Class          string                         `json:"tokenizer_class"`
	Longest        int                            `json:"model_max_length"`
	AddPrefixSpace bool                           `json:"add_prefix_space"`
	CleanUp        bool                           `json:"clean_up_tokenization_spaces"` // which would change texts
	Begin          string                         `json:"bos_token"`
	End            string                         `json:"eos_token"`
	Unknown        string                         `json:"unk_token"`
	Added          map[string]tokenizerjson.Added `json:"added_tokens_decoder"`
}

func newTokenizerConfig(bpe *tokens.BPE, context int, special tokenizerjson.Added) tokenizerConfig {
	end := special.Content
	return tokenizerConfig{
		Class: "GPT2Tokenizer", Longest: context, Begin: end, End: end, Unknown: end,
		Added: map[string]tokenizerjson.Added{strconv.Itoa(bpe.EndOfText()): special},
	}
}

// writeTokenizer writes tokenizer.json.
func writeTokenizer(w io.Writer, bpe *tokens.BPE, special tokenizerjson.Added) error {
	var vocab, merges bytes.Buffer
	if err := errors.Join(bpe.WriteVocab(&vocab), bpe.WriteMerges(&merges)); err != nil {
		return err
	}
	end := bpe.EndOfText()
	special.ID = &end
	return tokenizerjson.Write(w, vocab.Bytes(), merges.Bytes(), special)
}

// writeJSON writes v so that people can read it too.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
