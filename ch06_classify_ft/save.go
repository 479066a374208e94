package classify

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"path/filepath"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/durable"
	"github.com/llm-from-scratch/llm/internal/safetensors"
	"github.com/llm-from-scratch/llm/internal/strictjson"
)

// The files that make a model's directory that of a filter.
const (
	headFile   = "classifier.safetensors"
	filterFile = "classifier.json"
)

// filterJSON is classifier.json.
type filterJSON struct {
	Classes [2]string `json:"classes"`
	Longest int       `json:"longest"`
}

// Save writes the filter to dir, all files or none: those of
// [pretrain.SaveModel], the head, and classifier.json.
func (f *Filter) Save(dir string) error {
	err := durable.Save(dir, func(dir string) error {
		if err := pretrain.SaveModel(dir, f.Classifier.Model, f.Tokenizer); err != nil {
			return err
		}
		return durable.WriteFiles(dir, durable.Files{
			headFile: func(w io.Writer) error {
				return safetensors.Write(w, safetensors.F32, headParams(f.Classifier.Head), nil)
			},
			filterFile: func(w io.Writer) error { return json.NewEncoder(w).Encode(filterJSON{Classes, f.Longest}) },
		})
	})
	if err != nil {
		return fmt.Errorf("classify: saving: %w", err)
	}
	return nil
}

// Load reads the filter that [Filter.Save] wrote to dir.
func Load(dir string) (f *Filter, err error) {
	return LoadWith(dir, func(files fs.FS, dir string) (gpt.Network, pretrain.Tokenizer, error) {
		return pretrain.LoadModelFS(files, dir)
	})
}

// LoadWith is [Load] of a filter whose model and tokenizer are read by a function of
// the caller's.
func LoadWith(dir string, model func(files fs.FS, dir string) (gpt.Network, pretrain.Tokenizer, error)) (f *Filter, err error) {
	err = durable.Read(dir, func(files fs.FS) error {
		f, err = load(files, dir, model)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("classify: %w", err)
	}
	return f, nil
}

func load(files fs.FS, dir string, model func(fs.FS, string) (gpt.Network, pretrain.Tokenizer, error)) (*Filter, error) {
	path := filepath.Join(dir, filterFile)
	data, err := fs.ReadFile(files, filterFile)
	if err != nil {
		return nil, fmt.Errorf("no classifier in %s: %w", dir, err)
	}
	var j filterJSON
	if err := strictjson.Unmarshal(data, &j, strictjson.Refuse); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	m, t, err := model(files, dir)
	if err != nil {
		return nil, err
	}
	switch {
	case j.Classes != Classes:
		return nil, fmt.Errorf("%s: the classes are %q, want %q", path, j.Classes, Classes)
	case j.Longest < 1 || j.Longest > m.Sizes().Context:
		return nil, fmt.Errorf("%s: longest is %d; the model reads 1 to %d ids", path, j.Longest, m.Sizes().Context)
	}
	head, err := safetensors.Open(files, dir, headFile)
	if err != nil {
		return nil, fmt.Errorf("no classifier's head: %w", err)
	}
	defer head.Close()
	c := New(m, rand.New(rand.NewPCG(0, 0))) // a head to be overwritten
	if err := safetensors.Fill(head, headParams(c.Head)); err != nil {
		return nil, err
	}
	return &Filter{c, t, j.Longest}, nil
}
