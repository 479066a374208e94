package pretrain

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
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
// under the names of [gpt.Model.Params]. It returns a function that closes them.
func openWeights(files fs.FS, dir string) (t *Tensors, closeFiles func() error, err error) {
	_, noFile := fs.Stat(files, weightsFile)
	_, noIndex := fs.Stat(files, indexFile)
	if noFile != nil && noIndex == nil {
		t, closeFiles, err = openShards(files, dir)
	} else {
		t, closeFiles, err = OpenTensors(files, dir, weightsFile)
	}
	if err != nil {
		return nil, nil, err
	}
	if err := t.trimPrefix(); err != nil {
		closeFiles()
		return nil, nil, err
	}
	return t, closeFiles, nil
}

// trimPrefix takes the prefix off all names, if they have it.
func (t *Tensors) trimPrefix() error {
	trimmed := map[string]tensorInfo{}
	var with, without string
	for _, name := range t.Names() {
		short, found := strings.CutPrefix(name, namePrefix)
		switch {
		case found:
			with = name
		case name != headName:
			without = name
		}
		if _, twice := trimmed[short]; twice {
			return fmt.Errorf("%s: tensor %q is there with and without the prefix %q", t.name, short, namePrefix)
		}
		trimmed[short] = t.infos[name]
	}
	if with != "" && without != "" {
		return fmt.Errorf("%s: tensor %q has the prefix %q and tensor %q has not",
			t.name, with, namePrefix, without)
	}
	t.infos = trimmed
	return nil
}

// openShards opens the files of an index and returns their tensors as one.
func openShards(files fs.FS, dir string) (_ *Tensors, closeFiles func() error, err error) {
	all := &Tensors{name: filepath.Join(dir, indexFile), infos: map[string]tensorInfo{}}
	data, err := fs.ReadFile(files, indexFile)
	if err != nil {
		return nil, nil, fmt.Errorf("no weights in %s: %w", dir, err)
	}
	places, err := parseIndex(data)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", all.name, err)
	}
	var closers []func() error
	closeFiles = func() error {
		var errs []error
		for _, closeFile := range closers {
			errs = append(errs, closeFile())
		}
		return errors.Join(errs...)
	}
	for _, file := range slices.Compact(slices.Sorted(maps.Values(places))) {
		shard, closeFile, err := OpenTensors(files, dir, file)
		if err == nil {
			closers = append(closers, closeFile)
			err = all.take(shard, file, places)
		}
		if err != nil {
			closeFiles()
			return nil, nil, err
		}
	}
	return all, closeFiles, nil
}

// take adds the tensors of a shard, just those that are in this file by the index.
func (t *Tensors) take(shard *Tensors, file string, places map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(places)) {
		if _, ok := shard.infos[name]; !ok && places[name] == file {
			return fmt.Errorf("%s: tensor %q is not in %s", t.name, name, file)
		}
	}
	for _, name := range shard.Names() {
		if places[name] != file {
			return fmt.Errorf("%s: nothing says that tensor %q is in %s", t.name, name, file)
		}
	}
	maps.Copy(t.infos, shard.infos)
	return nil
}

// parseIndex reads which tensor is in which file, all of one directory.
func parseIndex(data []byte) (map[string]string, error) {
	places := map[string]string{}
	d := json.NewDecoder(bytes.NewReader(data))
	err := eachKey(d, func(key string) error {
		if key != "weight_map" {
			return d.Decode(new(any))
		}
		return eachKey(d, func(name string) error {
			var file string
			if err := d.Decode(&file); err != nil {
				return err
			}
			if !strings.HasSuffix(file, ".safetensors") || strings.ContainsAny(file, `/\`) {
				return fmt.Errorf("%q is no safetensors file of this directory", file)
			}
			places[name] = file
			return nil
		})
	})
	if err == nil && len(places) == 0 {
		err = errors.New("no tensors in weight_map")
	}
	return places, err
}
