package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/llm-from-scratch/llm/cmd/site/internal/weave"
)

// write makes a copy of the site in dir that works from the file system. A book
// with problems is not written, and a directory with anything but an earlier
// copy in it is left alone.
func write(root, dir string, stdout io.Writer) error {
	b := weave.Weave(root)
	if err := sound(b.Problems, stdout); err != nil {
		return fmt.Errorf("nothing written: %w", err)
	}
	if err := ours(dir); err != nil {
		return err
	}
	for name, content := range b.Files {
		if name == "404.html" { // only a server answers with it
			continue
		}
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, content(), 0o644); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(stdout, filepath.Join(dir, "index.html"))
	return err
}

// ours reports an error when dir holds files and no copy of the book.
func ours(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, "assets", "book.css")); err != nil {
		return fmt.Errorf("%s is not empty and holds no copy of the book: name another directory", dir)
	}
	return nil
}
