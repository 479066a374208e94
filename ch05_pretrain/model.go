package pretrain

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/durable"
	"github.com/llm-from-scratch/llm/internal/gpt2files"
	"github.com/llm-from-scratch/llm/internal/safetensors"
	"github.com/llm-from-scratch/llm/internal/tokenizerjson"
)

// The files of a model's directory, under the names that other tools expect;
// config.json and model.safetensors are two more.
const (
	vocabFile     = "vocab.json"
	mergesFile    = "merges.txt"
	tokenizerFile = "tokenizer.json" // in which other programs keep what is in those two
)

// SaveModel writes a model and its tokenizer to dir, created if needed: all files or,
// with an error, none. A network that is no gpt.Model must have a method WriteConfig.
func SaveModel(dir string, m gpt.Network, t Tokenizer) error {
	files := t.Files()
	files[gpt2files.ConfigFile] = func(w io.Writer) error { return writeConfig(w, m) }
	files[gpt2files.WeightsFile] = func(w io.Writer) error {
		return safetensors.Write(w, safetensors.F32, m.Params(), map[string]string{"format": "pt"})
	}
	write := func(dir string) error { return durable.WriteFiles(dir, files) }
	if err := durable.Save(dir, write, vocabFile, mergesFile, tokenizerFile); err != nil {
		return fmt.Errorf("saving the model: %w", err)
	}
	return nil
}

// writeConfig writes config.json. A network that is no GPT-2 writes its own.
func writeConfig(w io.Writer, m gpt.Network) error {
	if m, ok := m.(*gpt.Model); ok {
		return gpt2files.WriteConfig(w, gpt2files.Config(m.Config))
	}
	return m.(interface{ WriteConfig(w io.Writer) error }).WriteConfig(w)
}

// LoadModel reads the model and the tokenizer that [SaveModel] wrote to dir.
func LoadModel(dir string) (m *gpt.Model, t *tokens.BPE, err error) {
	if _, err := os.Stat(dir); err != nil {
		return nil, nil, fmt.Errorf("no model in %s: %w", dir, err)
	}
	err = durable.Read(dir, func(files fs.FS) error {
		m, t, err = LoadModelFS(files, dir)
		return err
	})
	return m, t, err
}

// LoadModelFS is [LoadModel] for any file system, such as one embedded in a
// program. The name of its directory stands in messages.
func LoadModelFS(files fs.FS, dir string) (*gpt.Model, *tokens.BPE, error) {
	config, err := gpt2files.ReadConfig(files, dir, gpt2files.Config(gpt.GPT2Small))
	if err != nil {
		return nil, nil, err
	}
	c := gpt.Config(config)
	if err := c.Validate(); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", filepath.Join(dir, gpt2files.ConfigFile), err)
	}
	t, err := ReadTokenizer(files, dir)
	if err != nil {
		return nil, nil, err
	}
	if t.Vocab() != c.Vocab {
		return nil, nil, fmt.Errorf("%s: the tokenizer has %d ids, the model's vocabulary %d; the files belong to different models", dir, t.Vocab(), c.Vocab)
	}
	var m *gpt.Model
	err = gpt2files.ReadWeights(files, dir, c.Layers, c.Params, func() []gpt.Param {
		m = gpt.New(c)
		return m.Params()
	})
	if err != nil {
		return nil, nil, err
	}
	return m, t, nil
}

// ReadTokenizer reads the tokenizer alone: tokenizer.json, or where there is none
// vocab.json and merges.txt.
func ReadTokenizer(files fs.FS, dir string) (t *tokens.BPE, err error) {
	one, err := fs.ReadFile(files, tokenizerFile)
	if errors.Is(err, fs.ErrNotExist) {
		return readTwoFiles(files, dir)
	}
	if err == nil {
		var ids map[string]int
		var merges []string
		if ids, merges, err = tokenizerjson.Read(one); err == nil {
			t, err = tokens.ParseBPE(ids, merges)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, tokenizerFile), err)
	}
	return t, nil
}

// readTwoFiles reads vocab.json and merges.txt.
func readTwoFiles(files fs.FS, dir string) (*tokens.BPE, error) {
	vocab, noVocab := fs.ReadFile(files, vocabFile)
	merges, noMerges := fs.ReadFile(files, mergesFile)
	if err := cmp.Or(noVocab, noMerges); err != nil {
		return nil, fmt.Errorf("no tokenizer in %s: %w", dir, err)
	}
	t, err := tokens.ReadBPE(bytes.NewReader(vocab), bytes.NewReader(merges))
	if err != nil {
		return nil, fmt.Errorf("the tokenizer in %s: %w", dir, err)
	}
	return t, nil
}
