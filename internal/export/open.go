package export

import (
	"io/fs"
	"os"

	"github.com/llm-from-scratch/llm/branches/talk"
	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	"github.com/llm-from-scratch/llm/internal/durable"
	"github.com/llm-from-scratch/llm/internal/gguf"
)

// Open reads a model to write as a GGUF file, from a directory or from another such
// file, and what is to be said of its tokenizer.
func Open(path string) (m any, t gguf.Tokenizer, err error) {
	m, tokenizer, err := talk.Open(path)
	if err != nil {
		return nil, t, err
	}
	if today, ok := m.(*talk.Model); ok {
		m = today.Model
	}
	if bpe, ok := tokenizer.(*tokens.BPE); ok {
		t, err = TokenizerOf(bpe)
		return m, t, err
	}
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		f, err := gguf.Open(path)
		if err != nil {
			return nil, t, err
		}
		defer f.Close()
		t, err = f.Tokenizer()
		return m, t, err
	}
	err = durable.Read(path, func(files fs.FS) (err error) {
		t, err = ReadTokenizer(files, path)
		return err
	})
	return m, t, err
}
