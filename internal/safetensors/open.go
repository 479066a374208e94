package safetensors

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
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

// The weights of a model are in one file, or in several that an index lists.
const (
	ModelFile = "model.safetensors"
	indexFile = "model.safetensors.index.json"
)

// OpenModel opens the weights of the model in a directory. Close what it returns.
func OpenModel(files fs.FS, dir string) (*Tensors, error) {
	_, noFile := fs.Stat(files, ModelFile)
	_, noIndex := fs.Stat(files, indexFile)
	if noFile != nil && noIndex == nil {
		return OpenShards(files, dir, indexFile)
	}
	return Open(files, dir, ModelFile)
}

// Close closes the files that the tensors are in.
func (t *Tensors) Close() error {
	var errs []error
	for _, f := range t.files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}
