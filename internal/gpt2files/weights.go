package gpt2files

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"github.com/llm-from-scratch/llm/internal/safetensors"
)

// WeightsFile is what the weights are written to.
const WeightsFile = safetensors.ModelFile

// Some files have this before every name but the head's.
const (
	namePrefix = "transformer."
	headName   = "lm_head.weight"
)

// maskName matches the causal masks that GPT-2's published files hold.
var maskName = regexp.MustCompile(`^h\.\d+\.attn\.(masked_)?bias$`)

// openWeights opens the weights of a model of so many layers, be they in one file
// or in several, under names without a prefix. Close what it returns.
func openWeights(files fs.FS, dir string, layers int) (*safetensors.Tensors, error) {
	weights, err := safetensors.OpenModel(files, dir)
	if err != nil {
		return nil, err
	}
	err = weights.Rename(func(name string) string { return strings.TrimPrefix(name, namePrefix) })
	last := layers - 1
	_, found := weights.Shape(fmt.Sprintf("h.%d.ln_1.weight", last))
	if err == nil && (!found || last > len(weights.Names())) {
		err = fmt.Errorf("%s: no layer %d, config.json says there are %d", weights.Name, last, layers)
	}
	if err != nil {
		weights.Close()
		return nil, err
	}
	return weights, nil
}

// ReadWeights reads the weights of a model of so many layers. Memory is spent on
// them, by params, once the file is known to hold all of shapes, which are the same
// without memory, and nothing else: a wrong number in config.json could make them
// enormous.
func ReadWeights[P safetensors.Named](files fs.FS, dir string, layers int, shapes, params func() []P) error {
	weights, err := openWeights(files, dir, layers)
	if err != nil {
		return err
	}
	defer weights.Close()
	err = safetensors.CheckAll(weights, weights.Name, "GPT-2", shapes(), func(name string) bool {
		return name == headName || maskName.MatchString(name) // a tied head says again what is known
	})
	if err != nil {
		return err
	}
	return safetensors.Fill(weights, params())
}
