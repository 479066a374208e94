// Package fetch downloads the book's real data, checked by size and SHA-256
// before it appears under its name, into the user's cache.
//
// A download that breaks off goes on where it stopped, at once or the next time.
// What has come is kept beside the file to be, under a name that begins with a dot
// and holds the beginning of the SHA-256: parts of different files are never mixed.
// A model is built in a folder of that kind until it is whole.
package fetch

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
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

// Find returns where in Dir the dataset of this name is, and whether all its files
// are there with the right sizes.
func Find(name string) (path string, ok bool) {
	d, known := Named(name)
	dir, err := Dir()
	if !known || err != nil {
		return "", false
	}
	return filepath.Join(dir, d.Path()), d.there(context.Background(), dir, false)
}

// A Report is what [Get] tells about its work.
type Report struct {
	Done  int64  // bytes that have come, today or earlier
	Total int64  // bytes that there will be; -1 if the server does not say
	From  string // the servers' names
	Into  string // the folder
	Event string // if not empty, what else has happened, in words: nothing has come
}

// Get makes sure that the dataset of this name is in dir, or in Dir if dir is
// empty, and returns its path. What is there and has the right SHA-256 is left
// alone, and nobody is asked. Files that are in from, a folder or one of them, are
// copied; "" for none. Any number of processes may get the same at once: one
// does, the others wait.
//
// It calls report for each event, before the first byte and for each piece that has
// come. A file with other bytes is replaced, but in the folder of a model, which may
// be the user's own, it is an error. So is a disk without room, and then nothing is
// left behind. After other errors, and after ctx is cancelled, what has come stays.
func Get(ctx context.Context, name, dir, from string, report func(Report)) (path string, err error) {
	d, ok := Named(name)
	if !ok {
		return "", fmt.Errorf("no dataset %q", name)
	}
	if dir == "" {
		if dir, err = Dir(); err != nil {
			return "", err
		}
	}
	if _, err := os.Stat(from); from != "" && err != nil {
		return "", err
	}
	return d.get(ctx, dir, from, report)
}

// Size is a number of bytes for people, "548 MB".
func Size(bytes int64) string {
	n, units := float64(bytes), []string{"bytes", "kB", "MB", "GB"}
	for ; n >= 999.5 && len(units) > 1; n /= 1e3 {
		units = units[1:]
	}
	if n < 9.95 && bytes >= 1000 {
		return fmt.Sprintf("%.1f %s", n, units[0])
	}
	return fmt.Sprintf("%.0f %s", n, units[0])
}
