package classify

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"

	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	"github.com/llm-from-scratch/llm/internal/safetensors"
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

// Save writes the filter to dir: the files of [pretrain.SaveModel], the head,
// and a classifier.json that comes last. Without it the directory holds no
// filter, so that a save which is interrupted leaves no mixture of two.
func (f *Filter) Save(dir string) error {
	mark := filepath.Join(dir, filterFile)
	if err := os.Remove(mark); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("saving the classifier: %w", err)
	}
	if err := pretrain.SaveModel(dir, f.Classifier.Model, f.Tokenizer); err != nil {
		return err
	}
	for _, file := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{headFile, func(w io.Writer) error {
			return safetensors.Write(w, safetensors.F32, f.Classifier.headParams(), nil)
		}},
		{filterFile, func(w io.Writer) error {
			return json.NewEncoder(w).Encode(filterJSON{Classes, f.Longest})
		}},
	} {
		if err := pretrain.WriteFile(filepath.Join(dir, file.name), file.write); err != nil {
			return fmt.Errorf("saving the classifier: %w", err)
		}
	}
	return nil
}

// Load reads the filter that [Filter.Save] wrote to dir.
func Load(dir string) (*Filter, error) {
	path := filepath.Join(dir, filterFile)
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("no classifier in %s: %w", dir, err)
	}
	var j filterJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	m, t, err := pretrain.LoadModel(dir)
	if err != nil {
		return nil, err
	}
	switch {
	case j.Classes != Classes:
		return nil, fmt.Errorf("%s: the classes are %q, want %q",
			path, j.Classes, Classes)
	case j.Longest < 1 || j.Longest > m.Config.Context:
		return nil, fmt.Errorf("%s: longest is %d; the model reads 1 to %d ids",
			path, j.Longest, m.Config.Context)
	}
	c := New(m, rand.New(rand.NewPCG(0, 0))) // a head to be overwritten
	if err := c.loadHead(dir); err != nil {
		return nil, err
	}
	return &Filter{c, t, j.Longest}, nil
}

// loadHead fills the head from its file in dir.
func (c *Classifier) loadHead(dir string) error {
	tensors, err := safetensors.Open(os.DirFS(dir), dir, headFile)
	if err != nil {
		return fmt.Errorf("no classifier's head: %w", err)
	}
	defer tensors.Close()
	return safetensors.Fill(tensors, c.headParams())
}
