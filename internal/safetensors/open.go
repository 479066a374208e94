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
	f, err := open(files, name)
	if err != nil {
		return nil, fmt.Errorf("no weights in %s: %w", dir, err)
	}
	r, ok := f.File.(io.ReaderAt)
	if !ok {
		f.Close()
		return nil, fmt.Errorf("%s: this file system cannot read a file at any place", path)
	}
	t, err := New(path, r, f.info.Size())
	if err != nil {
		f.Close()
		return nil, err
	}
	f.path = path
	t.files = []openFile{f}
	return t, nil
}

// Close closes the files that the tensors are in.
func (t *Tensors) Close() error {
	var errs []error
	for _, f := range t.files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}

// openFile is a file, and what it was like when it was opened.
type openFile struct {
	fs.File
	path string
	info fs.FileInfo
}

// open opens a regular file. Others, such as a pipe that nobody writes to, might
// never let go.
func open(files fs.FS, name string) (openFile, error) {
	info, err := fs.Stat(files, name)
	if err != nil {
		return openFile{}, err
	}
	if !info.Mode().IsRegular() {
		return openFile{}, fmt.Errorf("%s is no file but %s", name, kind(info.Mode()))
	}
	f, err := files.Open(name)
	if err != nil {
		return openFile{}, err
	}
	if info, err = f.Stat(); err != nil {
		f.Close()
	}
	return openFile{File: f, info: info}, err
}

// kind says what there is in the place of a file.
func kind(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "a directory"
	case m&fs.ModeNamedPipe != 0:
		return "a pipe"
	case m&fs.ModeDevice != 0:
		return "a device"
	}
	return "something else"
}

// unchanged is an error if the file has been written to since it was opened.
func (f openFile) unchanged() error {
	info, err := f.Stat()
	if err == nil && (info.Size() != f.info.Size() || !info.ModTime().Equal(f.info.ModTime())) {
		err = errors.New("the file was changed while it was read")
	}
	if err != nil {
		return fmt.Errorf("%s: %w", f.path, err)
	}
	return nil
}

// ReadFile reads a file that belongs to a model, which is a regular one.
func ReadFile(files fs.FS, name string) ([]byte, error) {
	f, err := open(files, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data := make([]byte, f.info.Size())
	_, err = io.ReadFull(f, data)
	return data, err
}
