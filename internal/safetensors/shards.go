package safetensors

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// Open opens the file name of a file system whose files can be read at any place,
// as those of directories and of embedded ones can. The name of the directory
// stands in messages. Close what it returns.
func Open(files fs.FS, dir, name string) (*Tensors, error) {
	path := filepath.Join(dir, name)
	f, err := files.Open(name)
	if err != nil {
		return nil, fmt.Errorf("no weights in %s: %w", dir, err)
	}
	r, ok := f.(io.ReaderAt)
	info, err := f.Stat()
	if err == nil && !ok {
		err = fmt.Errorf("%s: this file system cannot read a file at any place", path)
	}
	var t *Tensors
	if err == nil {
		t, err = New(path, r, info.Size())
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	t.files = []io.Closer{f}
	return t, nil
}

// OpenShards opens the files of an index, which says in which of them each tensor
// is, and returns their tensors as one. Close what it returns.
func OpenShards(files fs.FS, dir, index string) (*Tensors, error) {
	all := &Tensors{Name: filepath.Join(dir, index), infos: map[string]tensorInfo{}}
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
		if _, ok := shard.infos[name]; !ok && places[name] == file {
			return fmt.Errorf("%s: tensor %q is not in %s", t.Name, name, file)
		}
	}
	for _, name := range shard.Names() {
		if places[name] != file {
			return fmt.Errorf("%s: nothing says that tensor %q is in %s", t.Name, name, file)
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

// Rename gives the tensors other names. It is an error if two have the same then.
func (t *Tensors) Rename(rename func(name string) string) error {
	renamed := map[string]tensorInfo{}
	for _, name := range t.Names() {
		other := rename(name)
		if _, twice := renamed[other]; twice {
			return fmt.Errorf("%s: tensor %q is there twice, once as %q", t.Name, other, name)
		}
		renamed[other] = t.infos[name]
	}
	t.infos = renamed
	return nil
}
