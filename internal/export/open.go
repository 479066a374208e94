package export

import (
	"cmp"
	"errors"
	"io/fs"
	"os"

	"github.com/llm-from-scratch/llm/branches/llama"
	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/durable"
	"github.com/llm-from-scratch/llm/internal/gguf"
)

// Open reads a model to write as a GGUF file, from a directory or from another such
// file: a *gpt.Model or a *llama.Model, and what is to be said of its tokenizer.
func Open(path string) (m any, t gguf.Tokenizer, err error) {
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return openGGUF(path)
	}
	var config struct {
		ModelType string `json:"model_type"`
	}
	err = durable.Read(path, func(files fs.FS) (err error) {
		if err := optional(files, path, "config.json", &config); err != nil || cmp.Or(config.ModelType, gpt2) == gpt2 {
			return err
		}
		if m, err = llama.Load(files, path); err != nil {
			return err
		}
		if t, err = ReadTokenizer(files, path); errors.Is(err, fs.ErrNotExist) { // trained here
			var bpe *tokens.BPE
			if bpe, err = pretrain.ReadTokenizer(files, path); err == nil {
				t, err = TokenizerOf(bpe)
			}
		}
		return err
	})
	if err == nil && m == nil {
		return withTokenizer(pretrain.LoadModel(path))
	}
	return m, t, err
}

const gpt2 = "gpt2"

func openGGUF(path string) (m any, t gguf.Tokenizer, err error) {
	f, err := gguf.Open(path)
	if err != nil {
		return nil, t, err
	}
	defer f.Close()
	if f.Metadata["general.architecture"] == gpt2 {
		return withTokenizer(LoadGPT2(f))
	}
	if t, err = f.Tokenizer(); err == nil {
		m, err = llama.LoadGGUF(f)
	}
	return m, t, err
}

// withTokenizer is a model, if it could be read, and what a GGUF file says of its
// tokenizer.
func withTokenizer[M any](m M, bpe *tokens.BPE, err error) (any, gguf.Tokenizer, error) {
	if err != nil {
		return nil, gguf.Tokenizer{}, err
	}
	t, err := TokenizerOf(bpe)
	return m, t, err
}
