package bertfiles

import (
	"io/fs"
	"strings"

	"github.com/llm-from-scratch/llm/internal/safetensors"
)

// OpenWeights opens the weights of a model under the names that transformers gives them
// now, with "bert." before those of the encoder, and notes in c which parts they have
// above it. Close what it returns.
func OpenWeights(files fs.FS, dir string, c *Config) (*safetensors.Tensors, error) {
	weights, err := safetensors.OpenModel(files, dir)
	if err != nil {
		return nil, err
	}
	err = weights.Rename(func(name string) string {
		for old, now := range map[string]string{".gamma": ".weight", ".beta": ".bias"} {
			if strings.HasSuffix(name, "LayerNorm"+old) {
				name = strings.TrimSuffix(name, old) + now
			}
		}
		for _, inside := range []string{"embeddings.", "encoder.", "pooler."} {
			if strings.HasPrefix(name, inside) {
				name = "bert." + name
			}
		}
		return name
	})
	if err != nil {
		weights.Close()
		return nil, err
	}
	_, c.Pooler = weights.Shape("bert.pooler.dense.weight")
	_, c.Masked = weights.Shape("cls.predictions.transform.dense.weight")
	if shape, ok := weights.Shape("classifier.weight"); ok && len(shape) == 2 {
		c.Labels = shape[0]
	}
	return weights, nil
}

// ReadWeights reads what [OpenWeights] opened. Memory is spent on them, by params, once
// they are known to be all of shapes, which are the same without memory, and nothing
// else but what says again what is known, and the head that told whether one sentence
// followed another, which nobody uses.
func ReadWeights[P safetensors.Named](weights *safetensors.Tensors, shapes []P, params func() []P) error {
	err := safetensors.CheckAll(weights, weights.Name, "BERT", shapes, func(name string) bool {
		return name == "bert.embeddings.position_ids" || strings.HasPrefix(name, "cls.predictions.decoder.") ||
			strings.HasPrefix(name, "cls.seq_relationship.")
	})
	if err != nil {
		return err
	}
	return safetensors.Fill(weights, params())
}
