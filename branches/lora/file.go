package lora

import (
	"io"
	"io/fs"
	"path/filepath"

	"github.com/llm-from-scratch/llm/internal/durable"
	"github.com/llm-from-scratch/llm/internal/safetensors"
)

// adaptersFile is the file in a directory that holds its adapters.
const adaptersFile = "adapters.safetensors"

// Save writes the adapters to adapters.safetensors in dir.
func (l *LoRA) Save(dir string) error {
	return durable.WriteFile(filepath.Join(dir, adaptersFile), func(w io.Writer) error {
		return safetensors.Write(w, safetensors.F32, l.params, nil)
	})
}

// Load takes up the adapters that [LoRA.Save] wrote to dir. They must be for the same
// matrices and of the same rank, over the model that they changed before; its error
// names the first tensor that does not fit.
func (l *LoRA) Load(dir string) error {
	return durable.Read(dir, func(files fs.FS) error {
		tensors, err := safetensors.Open(files, dir, adaptersFile)
		if err != nil {
			return err
		}
		defer tensors.Close()
		return safetensors.Fill(tensors, l.params)
	})
}
