package durable

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Read calls read with the files of the state in dir. What somebody overwrites
// while it reads, it reads once more; after that it is an error.
func Read(dir string, read func(files fs.FS) error) error {
	for range 2 {
		s := &state{dir: dir, found: map[string]fs.FileInfo{}}
		err := read(s)
		if s.lookAgain(); !s.changed {
			return err
		}
	}
	return fmt.Errorf("%s is being written to, and cannot be read now", dir)
}

// state is the file system of a state, with what it has found so far.
type state struct {
	dir     string
	found   map[string]fs.FileInfo // nil for what is not there
	changed bool
}

// Open opens a file where it is: with the state that was saved last, or above it.
func (s *state) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	f, err := s.open(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var info fs.FileInfo
	if err == nil {
		info, _ = f.Stat()
	}
	if before, again := s.found[name]; again && !same(before, info) {
		s.changed = true
	}
	s.found[name] = info
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (s *state) open(name string) (*os.File, error) {
	if _, err := os.Stat(filepath.Join(s.dir, saved, gone+name)); err == nil {
		return nil, &fs.PathError{Op: "open", Path: filepath.Join(s.dir, name), Err: fs.ErrNotExist}
	}
	path := filepath.Join(s.dir, saved, name)
	info, err := os.Stat(path)
	if err != nil {
		path = filepath.Join(s.dir, name)
		info, err = os.Stat(path)
	}
	if err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: path, Err: errors.New("not a file, but a pipe or a device")}
	}
	return os.Open(path)
}

// lookAgain finds out whether all that was found is still as it was.
func (s *state) lookAgain() {
	for name := range s.found {
		if f, err := s.Open(name); err == nil {
			f.Close()
		}
	}
}

// same reports whether a file is the one it was, and has not been written to.
func same(a, b fs.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}
