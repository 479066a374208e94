package talk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/llm-from-scratch/llm/branches/llama"
	"github.com/llm-from-scratch/llm/branches/steps"
	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/durable"
	"github.com/llm-from-scratch/llm/internal/gguf"
	"github.com/llm-from-scratch/llm/internal/llamafiles"
)

// Open reads a model and its tokenizer from a directory or from a GGUF file: a GPT-2 as
// chapter 5 saves it, or a model of today, with a [Form] if it has learned to answer.
func Open(path string) (m gpt.Network, t pretrain.Tokenizer, err error) {
	one, err := isFile(path)
	if err != nil {
		return nil, nil, err
	}
	if one {
		return openGGUF(path)
	}
	err = durable.Read(path, func(files fs.FS) error {
		m, t, err = Load(files, path)
		return err
	})
	return m, t, err
}

// isFile reports whether a model is in one file, and not in a directory.
func isFile(path string) (bool, error) {
	info, err := os.Stat(path)
	if err != nil {
		return false, fmt.Errorf("no model in %s: %w", path, err)
	}
	if !info.IsDir() && !info.Mode().IsRegular() {
		return false, fmt.Errorf("no model in %s: not a directory and not a file, but a pipe or a device", path)
	}
	return !info.IsDir(), nil
}

// Load is [Open] for the directory dir of a file system. What is small is read first:
// weights take long.
func Load(files fs.FS, dir string) (gpt.Network, pretrain.Tokenizer, error) {
	kind := llamafiles.Kind(files)
	if kind == "gpt2" {
		m, t, err := pretrain.LoadModelFS(files, dir)
		return both(m, t, err)
	}
	if kind != steps.ModelType {
		if _, err := llamafiles.ReadConfig(files, dir); err != nil {
			return nil, nil, err
		}
	}
	t, err := readTokenizer(files, dir, kind)
	if err != nil {
		return nil, nil, err
	}
	if kind == steps.ModelType {
		m, err := steps.Load(files, dir)
		return trainedHere(dir, m, t, err)
	}
	m, err := llama.Load(files, dir)
	if today, ok := t.(*Tokenizer); ok && err == nil {
		return join(dir, m, today)
	}
	return trainedHere(dir, m, t, err)
}

// readTokenizer reads the tokenizer in the directory of a model of some kind: chapter 1's
// beside what was trained here, or one of today.
func readTokenizer(files fs.FS, dir, kind string) (pretrain.Tokenizer, error) {
	_, missing := fs.Stat(files, tokenizerFile)
	if kind == "gpt2" || kind == steps.ModelType || errors.Is(missing, fs.ErrNotExist) {
		return pretrain.ReadTokenizer(files, dir)
	}
	return readDirectory(files, dir)
}

// OpenTokenizer is [Open] without the model.
func OpenTokenizer(path string) (t pretrain.Tokenizer, err error) {
	one, err := isFile(path)
	if err != nil {
		return nil, err
	}
	if one {
		f, err := gguf.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		if isGPT2(f) {
			return gpt2Tokenizer(f)
		}
		return readGGUF(f)
	}
	err = durable.Read(path, func(files fs.FS) error {
		t, err = readTokenizer(files, path, llamafiles.Kind(files))
		return err
	})
	return t, err
}

// trainedHere is a model, if it could be read, with a tokenizer of chapter 1.
func trainedHere(dir string, m gpt.Network, t pretrain.Tokenizer, err error) (gpt.Network, pretrain.Tokenizer, error) {
	if err == nil && t.Vocab() != m.Sizes().Vocab {
		err = fmt.Errorf("%s: the tokenizer has %d ids, the model's vocabulary %d; the files belong to different models", dir, t.Vocab(), m.Sizes().Vocab)
	}
	return both(m, t, err)
}

// both are a model and its tokenizer, or nothing but an error.
func both(m gpt.Network, t pretrain.Tokenizer, err error) (gpt.Network, pretrain.Tokenizer, error) {
	if err != nil {
		return nil, nil, err
	}
	return m, t, nil
}

// join is a model with its tokenizer. The name is that of the file or the directory.
func join(name string, m *llama.Model, t *Tokenizer) (gpt.Network, pretrain.Tokenizer, error) {
	form, err := t.finish(m.Config.Vocab)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	model := &Model{m, t.silent()}
	if form == nil {
		return model, t, nil
	}
	return model, form, nil
}
