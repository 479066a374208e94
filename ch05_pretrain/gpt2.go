package pretrain

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"github.com/llm-from-scratch/llm/internal/safetensors"
)

const (
	indexFile = "model.safetensors.index.json"

	// Some files have this before every name but the head's.
	namePrefix = "transformer."
	headName   = "lm_head.weight"
)

// maskName matches the causal masks that GPT-2's published files hold.
var maskName = regexp.MustCompile(`^h\.\d+\.attn\.(masked_)?bias$`)

// openWeights opens the weights of a model, be they in one file or in several,
// under the names of [gpt.Model.Params].
func openWeights(files fs.FS, dir string) (*safetensors.Tensors, error) {
	open, name := safetensors.Open, weightsFile
	_, noFile := fs.Stat(files, weightsFile)
	_, noIndex := fs.Stat(files, indexFile)
	if noFile != nil && noIndex == nil {
		open, name = safetensors.OpenShards, indexFile
	}
	weights, err := open(files, dir, name)
	if err != nil {
		return nil, err
	}
	if err := trimPrefix(weights); err != nil {
		weights.Close()
		return nil, err
	}
	return weights, nil
}

// trimPrefix takes the prefix off all names, if they have it.
func trimPrefix(weights *safetensors.Tensors) error {
	var with, without string
	for _, name := range weights.Names() {
		if strings.HasPrefix(name, namePrefix) {
			with = name
		} else if name != headName {
			without = name
		}
	}
	if with != "" && without != "" {
		return fmt.Errorf("%s: tensor %q has the prefix %q and tensor %q has not",
			weights.Name, with, namePrefix, without)
	}
	return weights.Rename(func(name string) string { return strings.TrimPrefix(name, namePrefix) })
}
