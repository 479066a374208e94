// Package fetch downloads the book's real data: pinned files, checked by size
// and SHA-256 before they appear under their name, into the user's cache.
//
// A download that breaks off goes on where it stopped, at once or the next time
// it is asked for.
package fetch

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Dir is the folder that downloads go to: the one that the environment variable
// LLMBOOK_DATA names, or llm-from-scratch in the user's cache.
func Dir() (string, error) {
	if dir := os.Getenv("LLMBOOK_DATA"); dir != "" {
		return dir, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no place to keep downloads, set LLMBOOK_DATA to one: %w", err)
	}
	return filepath.Join(cache, "llm-from-scratch"), nil
}

// Find returns where the dataset of this name is on disk, in Dir, and whether it
// is there with the right size.
func Find(name string) (path string, ok bool) {
	d, known := Named(name)
	dir, err := Dir()
	if !known || err != nil {
		return "", false
	}
	path = filepath.Join(dir, d.File)
	info, err := os.Stat(path)
	return path, err == nil && info.Mode().IsRegular() && info.Size() == d.Bytes
}

// Get makes sure that the dataset of this name is in dir, or in Dir if dir is
// empty, and returns its path. A file that is there and has the right SHA-256
// is left alone.
//
// While it downloads, it calls progress, which may be nil, with the bytes that
// have arrived and how many there will be, -1 if the server does not say.
func Get(ctx context.Context, name, dir string, progress func(done, total int64)) (path string, err error) {
	d, ok := Named(name)
	if !ok {
		return "", fmt.Errorf("no dataset %q; there are %s", name, names())
	}
	if dir == "" {
		if dir, err = Dir(); err != nil {
			return "", err
		}
	}
	if progress == nil {
		progress = func(done, total int64) {}
	}
	return d.get(ctx, dir, progress)
}

func names() string {
	var all []string
	for _, d := range Datasets {
		all = append(all, d.Name)
	}
	return strings.Join(all, ", ")
}

func (d Dataset) get(ctx context.Context, dir string, progress func(done, total int64)) (string, error) {
	path := filepath.Join(dir, d.File)
	if d.check(path) == nil {
		return path, nil
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	part := filepath.Join(dir, "."+d.File+".part")
	for {
		begun := exists(part)
		if err := d.download(ctx, part, progress); err != nil {
			return "", fmt.Errorf("%s: %w; try again, or put the file there yourself: %s", d.Name, err, path)
		}
		err := d.accept(part, path)
		if err == nil {
			return path, nil
		}
		os.Remove(part)
		if !begun { // else the wrong bytes may be those of an earlier time
			return "", fmt.Errorf("%s: what comes from %s is not the file it should be: %w", d.Name, d.URL, err)
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// accept checks a complete download and gives it, or the member of the archive
// that it is, its name.
func (d Dataset) accept(part, path string) error {
	if d.Member == "" {
		if err := d.check(part); err != nil {
			return err
		}
		return os.Rename(part, path)
	}
	member := strings.TrimSuffix(part, ".part") + ".member"
	defer os.Remove(member)
	if err := d.extract(part, member); err != nil {
		return err
	}
	if err := d.check(member); err != nil {
		return err
	}
	return errors.Join(os.Rename(member, path), os.Remove(part))
}

// extract writes the member of the archive to a file of its own, but never more
// than a byte beyond its size: an archive may promise anything.
func (d Dataset) extract(archive, to string) error {
	z, err := zip.OpenReader(archive)
	if err != nil {
		return err
	}
	defer z.Close()
	member, err := z.Open(d.Member)
	if err != nil {
		return err
	}
	defer member.Close()
	file, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, io.LimitReader(member, d.Bytes+1))
	return errors.Join(err, file.Close())
}

// check reports what is wrong with the file at path.
func (d Dataset) check(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	hash := sha256.New()
	n, err := io.Copy(hash, file)
	if err != nil {
		return err
	}
	if n != d.Bytes {
		return fmt.Errorf("%d bytes, want %d", n, d.Bytes)
	}
	if sum := hex.EncodeToString(hash.Sum(nil)); sum != d.SHA256 {
		return fmt.Errorf("SHA-256 %s, want %s", sum, d.SHA256)
	}
	return nil
}
