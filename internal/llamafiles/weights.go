package llamafiles

import (
	"io/fs"
	"strings"

	"github.com/llm-from-scratch/llm/internal/safetensors"
)

// ReadWeights reads the weights of a model, from one file or several. Memory is
// spent on them, by params, once the files are known to hold all of shapes, which
// are the same without memory, and nothing else.
func ReadWeights[P safetensors.Named](files fs.FS, dir string, shapes, params func() []P) error {
	weights, err := safetensors.OpenModel(files, dir)
	if err != nil {
		return err
	}
	defer weights.Close()
	err = safetensors.CheckAll(weights, weights.Name, "model", shapes(), func(name string) bool {
		// A tied head, and in old files the frequencies of the positions, say again what is known.
		return name == "lm_head.weight" || strings.HasSuffix(name, ".rotary_emb.inv_freq")
	})
	if err != nil {
		return err
	}
	return safetensors.Fill(weights, params())
}
