package search

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/llm-from-scratch/llm/internal/corpus"
	"github.com/llm-from-scratch/llm/internal/plaintext"
)

// Read cuts files, and all in folders but what begins with a dot, into passages. Of a
// folder it leaves out what is no text, and tells skip why; a file that was named and
// cannot be read is an error.
func Read(paths []string, skip func(path string, err error)) (list []Passage, err error) {
	for _, named := range paths {
		err := filepath.WalkDir(named, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case path != named && strings.HasPrefix(d.Name(), "."):
				if d.IsDir() {
					return fs.SkipDir
				}
				return nil
			case d.IsDir():
				return nil
			}
			passages, err := read(path)
			if err != nil && path != named {
				skip(path, err)
				return nil
			}
			list = append(list, passages...)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

func read(path string) ([]Passage, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "search", Path: path, Err: fs.ErrInvalid}
	}
	data, err := corpus.ReadFile(path)
	if err != nil {
		return nil, err
	}
	text, err := plaintext.String(path, data)
	if err != nil {
		return nil, err
	}
	return Cut(path, text), nil
}
