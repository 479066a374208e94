package safetensors

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/llm-from-scratch/llm/internal/strictjson"
)

// OpenShards opens the files of an index, which says in which of them each tensor
// is, and returns their tensors as one. Close what it returns.
func OpenShards(files fs.FS, dir, index string) (*Tensors, error) {
	all := &Tensors{Name: filepath.Join(dir, index)}
	data, err := fs.ReadFile(files, index)
	if err != nil {
		return nil, fmt.Errorf("no weights in %s: %w", dir, err)
	}
	places, err := parseIndex(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", all.Name, err)
	}
	for _, file := range slices.Compact(slices.Sorted(maps.Values(places))) {
		shard, err := Open(files, dir, file)
		if err == nil {
			all.files = append(all.files, shard.files...)
			err = all.take(shard, file, places)
		}
		if err != nil {
			all.Close()
			return nil, err
		}
	}
	return all, nil
}

// take adds the tensors of a shard, just those that are in this file by the index.
func (t *Tensors) take(shard *Tensors, file string, places map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(places)) {
		if _, ok := shard.lookUp(name); !ok && places[name] == file {
			return fmt.Errorf("%s: tensor %q is not in %s", t.Name, name, file)
		}
	}
	for _, name := range shard.Names() {
		if places[name] != file {
			return fmt.Errorf("%s: nothing says that tensor %q is in %s", t.Name, name, file)
		}
	}
	t.infos = append(t.infos, shard.infos...)
	return sortInfos(t.infos)
}

// parseIndex reads which tensor is in which file, all of one directory.
func parseIndex(data []byte) (map[string]string, error) {
	var index struct {
		Places map[string]string `json:"weight_map"`
	}
	if err := strictjson.Unmarshal(data, &index, strictjson.Ignore); err != nil {
		return nil, err
	}
	for name, file := range index.Places {
		if !strings.HasSuffix(file, ".safetensors") || strings.ContainsAny(file, `/\`) {
			return nil, fmt.Errorf("tensor %q: %q is no safetensors file of this directory", name, file)
		}
	}
	if len(index.Places) == 0 {
		return nil, errors.New("no tensors in weight_map")
	}
	return index.Places, nil
}

// Rename gives the tensors other names. It is an error if two have the same then.
func (t *Tensors) Rename(rename func(name string) string) error {
	renamed := slices.Clone(t.infos)
	for i := range renamed {
		renamed[i].name = rename(renamed[i].name)
	}
	if err := sortInfos(renamed); err != nil {
		return fmt.Errorf("%s: tensor %w", t.Name, err)
	}
	t.infos = renamed
	return nil
}
