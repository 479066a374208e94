// Package export takes models to other programs: as the directory in which the
// Hugging Face libraries save a GPT-2, for everything that loads what they save, and
// as one GGUF file, for llama.cpp and what is built on it.
//
// Read the files in this order:
//
//	export.go     the directory
//	gguf.go       the one file
//	open.go       a model to write to it
//	tokenizer.go  what it says of the tokenizer
//	modelfile.go  and of conversations, for Ollama
package export

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"maps"
	"strconv"
	"strings"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/durable"
	"github.com/llm-from-scratch/llm/internal/safetensors"
	"github.com/llm-from-scratch/llm/internal/strictjson"
	"github.com/llm-from-scratch/llm/internal/tokenizerjson"
)

// Write writes a model and its tokenizer to dir, which it creates if needed,
// with weights of type t: all files, or none if ctx breaks it off. The names of the
// tensors have no prefix, as in the files that GPT-2 was published with: there are
// programs that read only these.
func Write(ctx context.Context, dir string, m *gpt.Model, bpe *tokens.BPE, t safetensors.DType) error {
	asJSON := func(v any) func(io.Writer) error {
		return func(w io.Writer) error { return strictjson.Write(w, v) }
	}
	return durable.Save(dir, func(dir string) error {
		err := durable.WriteFiles(dir, durable.Files{
			"vocab.json":             bpe.WriteVocab,
			"merges.txt":             bpe.WriteMerges,
			"tokenizer.json":         func(w io.Writer) error { return writeTokenizer(w, bpe) },
			"tokenizer_config.json":  asJSON(tokenizerConfig(bpe, m.Config.Context)),
			"generation_config.json": asJSON(ends(bpe)),
			"config.json":            asJSON(config(m.Config, bpe, t)),
			"model.safetensors": func(w io.Writer) error {
				return safetensors.Write(w, t, withBiases(m), map[string]string{"format": "pt"})
			},
		})
		return cmp.Or(err, ctx.Err())
	})
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

// object is a JSON object. Its keys are written in alphabetical order, as the
// libraries write them.
type object map[string]any

// ends are the tokens a text begins and ends with, which are the same.
func ends(bpe *tokens.BPE) object {
	return object{"bos_token_id": bpe.EndOfText(), "eos_token_id": bpe.EndOfText()}
}

// config is config.json. Some programs look for the context in n_positions, some
// in n_ctx. Dropout is a choice of training, here: always 0.
func config(c gpt.Config, bpe *tokens.BPE, t safetensors.DType) object {
	dtypes := map[safetensors.DType]string{safetensors.F32: "float32", safetensors.F16: "float16", safetensors.BF16: "bfloat16"}
	o := ends(bpe)
	maps.Copy(o, object{
		"architectures": []string{"GPT2LMHeadModel"}, "model_type": "gpt2", "torch_dtype": dtypes[t],
		"vocab_size": c.Vocab, "n_positions": c.Context, "n_ctx": c.Context, "n_embd": c.Width, "n_layer": c.Layers, "n_head": c.Heads,
		"n_inner": nil, "activation_function": "gelu_new", "layer_norm_epsilon": 1e-5, "initializer_range": 0.02,
		"embd_pdrop": 0, "attn_pdrop": 0, "resid_pdrop": 0, "tie_word_embeddings": c.TiedHead, "use_cache": true,
		"scale_attn_weights": true, "scale_attn_by_inverse_layer_idx": false, "reorder_and_upcast_attn": false,
	})
	return o
}

// special is the one special token.
var special = tokenizerjson.Added{Content: tokens.EndOfText, Normalized: true, Special: true}

// tokenizerConfig is tokenizer_config.json. Spaces cleaned up would change texts.
func tokenizerConfig(bpe *tokens.BPE, context int) object {
	return object{
		"tokenizer_class": "GPT2Tokenizer", "model_max_length": context, "add_prefix_space": false, "clean_up_tokenization_spaces": false,
		"bos_token": special.Content, "eos_token": special.Content, "unk_token": special.Content,
		"added_tokens_decoder": object{strconv.Itoa(bpe.EndOfText()): special},
	}
}

// writeTokenizer writes tokenizer.json.
func writeTokenizer(w io.Writer, bpe *tokens.BPE) error {
	var vocab, merges bytes.Buffer
	if err := errors.Join(bpe.WriteVocab(&vocab), bpe.WriteMerges(&merges)); err != nil {
		return err
	}
	end, added := bpe.EndOfText(), special
	added.ID = &end
	return tokenizerjson.Write(w, vocab.Bytes(), merges.Bytes(), added)
}
