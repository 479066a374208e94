package talk

import (
	"fmt"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/gguf"
	"github.com/llm-from-scratch/llm/internal/gpt2files"
)

// LoadGPT2 reads the model in a GGUF file of the architecture gpt2, and its tokenizer.
func LoadGPT2(f *gguf.File) (m *gpt.Model, bpe *tokens.BPE, err error) {
	config, err := gpt2files.FromGGUF(f)
	if err != nil {
		return nil, nil, err
	}
	if bpe, err = gpt2Tokenizer(f); err != nil {
		return nil, nil, err
	}
	c := gpt.Config(config)
	err = c.Validate()
	if err == nil && bpe.Vocab() != c.Vocab {
		err = fmt.Errorf("%d tokens, and the embedding has %d rows", bpe.Vocab(), c.Vocab)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	err = gpt2files.ReadGGUF(f, c.Params, func() []gpt.Param {
		m = gpt.New(c)
		return m.Params()
	})
	if err != nil {
		return nil, nil, err
	}
	return m, bpe, nil
}

// isGPT2 says whether a file holds a GPT-2.
func isGPT2(f *gguf.File) bool { return f.Metadata["general.architecture"] == "gpt2" }

// gpt2Tokenizer reads the tokenizer of a GPT-2.
func gpt2Tokenizer(f *gguf.File) (*tokens.BPE, error) {
	ids, merges, err := gpt2files.TokenizerFromGGUF(f)
	if err != nil {
		return nil, err
	}
	bpe, err := tokens.ParseBPE(ids, merges)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	return bpe, nil
}
