package steps

import (
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"github.com/llm-from-scratch/llm/internal/safetensors"
	"github.com/llm-from-scratch/llm/internal/strictjson"
)

// The files of the model among those that chapter 5 saves.
const (
	configFile  = "config.json"
	weightsFile = "model.safetensors"
)

// ModelType is what config.json says of a model between the two ends.
const ModelType = "llm-steps"

// configJSON is config.json.
type configJSON struct {
	ModelType string `json:"model_type"`
	Config
}

// WriteConfig writes config.json, so that chapter 5 can save the model.
func (m *Model) WriteConfig(w io.Writer) error {
	return strictjson.Write(w, configJSON{ModelType, m.Config})
}

// Load reads the model that chapter 5's SaveModel wrote to the directory dir of a file
// system, whose name stands in messages.
func Load(files fs.FS, dir string) (*Model, error) {
	var j configJSON
	path := filepath.Join(dir, configFile)
	data, err := fs.ReadFile(files, configFile)
	if err == nil {
		err = strictjson.Unmarshal(data, &j, strictjson.Refuse)
	}
	if err == nil && j.ModelType != ModelType {
		err = fmt.Errorf("model_type is %q, not %q", j.ModelType, ModelType)
	}
	if err == nil {
		err = j.Validate()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	tensors, err := safetensors.Open(files, dir, weightsFile)
	if err != nil {
		return nil, err
	}
	defer tensors.Close()
	if err := safetensors.CheckAll(tensors, filepath.Join(dir, weightsFile), ModelType, j.Params(), nothing); err != nil {
		return nil, err
	}
	m := New(j.Config)
	return m, safetensors.Fill(tensors, m.Params())
}

// nothing is what a file may hold besides the model.
func nothing(string) bool { return false }
