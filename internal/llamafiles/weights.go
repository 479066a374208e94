package llamafiles

import (
	"fmt"
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
	known := map[string]bool{"lm_head.weight": true} // a tied head, too, which says again what is known
	for _, p := range shapes() {
		shape := safetensors.Tensor(p)
		if err := weights.Check(shape); err != nil {
			return err
		}
		known[shape.Name] = true
	}
	for _, name := range weights.Names() {
		// Old files hold the frequencies of the positions, which config.json says again.
		if !known[name] && !strings.HasSuffix(name, ".rotary_emb.inv_freq") {
			return fmt.Errorf("%s: tensor %q belongs to no model of this configuration", weights.Name, name)
		}
	}
	return safetensors.Fill(weights, params())
}
