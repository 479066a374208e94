package translate

import (
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"github.com/llm-from-scratch/llm/internal/durable"
	"github.com/llm-from-scratch/llm/internal/safetensors"
	"github.com/llm-from-scratch/llm/internal/strictjson"
)

// The files of a model.
const (
	configFile  = "config.json"
	weightsFile = "model.safetensors"
)

// Files are what a model is kept in. The weights have PyTorch's names and shapes.
func (m *Model) Files() durable.Files {
	return durable.Files{
		configFile:  func(w io.Writer) error { return strictjson.Write(w, m.Config) },
		weightsFile: func(w io.Writer) error { return safetensors.Write(w, safetensors.F32, m.Params(), nil) },
	}
}

// Load reads the model whose [Model.Files] are in the directory dir of a file system.
// The directory's name stands in messages.
func Load(files fs.FS, dir string) (*Model, error) {
	data, err := fs.ReadFile(files, configFile)
	if err != nil {
		return nil, fmt.Errorf("no model in %s: %w", dir, err)
	}
	var c Config
	if err = strictjson.Unmarshal(data, &c, strictjson.Refuse); err == nil {
		err = c.Validate()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, configFile), err)
	}
	weights, err := safetensors.Open(files, dir, weightsFile)
	if err != nil {
		return nil, err
	}
	defer weights.Close()
	m := New(c)
	return m, safetensors.Fill(weights, m.Params())
}
