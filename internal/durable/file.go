package durable

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
)

// unfinished ends the names of files that are not whole yet.
const unfinished = ".unfinished"

// WriteFile puts a file in its place when it is whole and on the disk. What stood
// there before stays until then, and for good if write returns an error. Within a
// [Save], which puts all its files in their places at once, it writes one of them.
func WriteFile(path string, write func(w io.Writer) error) error {
	dir, name := filepath.Split(path)
	dir, name = filepath.Clean(dir), short(name)
	if filepath.Base(dir) == saving {
		return writeNew(path, write)
	}
	if err := sweep(dir, "."+name+"."); err != nil {
		return err
	}
	whole := filepath.Join(dir, fmt.Sprintf(".%s.%08x%s", name, rand.Uint32(), unfinished))
	err := writeNew(whole, write)
	if err == nil {
		err = rename(whole, path)
	}
	if err != nil {
		return errors.Join(err, remove(whole))
	}
	return syncDir(dir)
}

// short leaves room in a file's name, of 255 bytes at most, for what is put around it.
func short(name string) string {
	if len(name) <= 200 {
		return name
	}
	return fmt.Sprintf("%s%08x", strings.ToValidUTF8(name[:200], ""), crc32.ChecksumIEEE([]byte(name)))
}

// Files are files to write, by their names.
type Files map[string]func(w io.Writer) error

// WriteFiles writes files to dir as [WriteFile] does, in the order of their names.
func WriteFiles(dir string, files Files) error {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := WriteFile(filepath.Join(dir, name), files[name]); err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
	}
	return nil
}

// writeNew writes a file that is not there yet, and waits until it is on the disk.
func writeNew(path string, write func(w io.Writer) error) error {
	f, err := create(path)
	if err != nil {
		return err
	}
	if err := errors.Join(write(f), f.sync()); err != nil {
		f.f.Close()
		return err
	}
	return f.f.Close()
}

// sweep removes the unfinished files whose names begin so: a writer that was
// killed has left them.
func sweep(dir, prefix string) error {
	names, err := namesIn(dir)
	for _, name := range names {
		if strings.HasPrefix(name, prefix) && strings.HasSuffix(name, unfinished) {
			err = errors.Join(err, remove(filepath.Join(dir, name)))
		}
	}
	return err
}
