package fetch

import (
	"archive/zip"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// check reports what is wrong with the file at path, by its size, and by its
// SHA-256 too if deep.
func (f File) check(ctx context.Context, path string, deep bool) error {
	if f.URL == "" {
		return f.same(path)
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case info.Size() != f.Bytes || !info.Mode().IsRegular():
		return fmt.Errorf("%d bytes, want %d", info.Size(), f.Bytes)
	case !deep:
		return nil
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(io.MultiWriter(hash, each(func(int) error { return ctx.Err() })), file); err != nil {
		return err
	}
	if sum := hex.EncodeToString(hash.Sum(nil)); sum != f.SHA256 {
		return fmt.Errorf("SHA-256 %s, want %s", sum, f.SHA256)
	}
	return nil
}

// there reports whether all files are in dir, by their sizes or by every byte.
func (d Dataset) there(ctx context.Context, dir string, deep bool) bool {
	return !slices.ContainsFunc(d.Files, func(f File) bool {
		return f.check(ctx, filepath.Join(dir, d.Folder, f.Name), deep) != nil
	})
}

// same reports how the configuration at path describes another model than f.
// It may say more, and in another order, as the one that Hugging Face publishes.
func (f File) same(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var got, want map[string]any
	if err := cmp.Or(json.Unmarshal(data, &got), json.Unmarshal([]byte(f.Text), &want)); err != nil {
		return err
	}
	for _, key := range []string{"model_type", "n_layer", "n_embd", "n_head", "n_positions", "vocab_size"} {
		if got[key] != want[key] {
			return fmt.Errorf("%s is %v, want %v", key, got[key], want[key])
		}
	}
	return nil
}

// beside is what the file at path is called while it comes, or is copied.
func (f File) beside(path, kind string) string {
	dir, name := filepath.Split(path)
	return dir + "." + name + "." + cmp.Or(f.SHA256, "00000000")[:8] + "." + kind
}

// come is how many bytes of the file at path have come earlier.
func (f File) come(path string) int64 {
	info, err := os.Stat(f.beside(path, "part"))
	if err != nil {
		return 0
	}
	return min(info.Size(), f.Bytes)
}

// place gives a complete download, or the member of the archive that it is, the
// name path, if that is the right file. Of a member too long a byte too much is enough.
func (f File) place(ctx context.Context, part, path string) error {
	if f.Member == "" {
		return f.settle(ctx, part, path)
	}
	z, err := zip.OpenReader(part)
	if err != nil {
		return err
	}
	defer z.Close()
	member, err := z.Open(f.Member)
	if err != nil {
		return err
	}
	return f.put(ctx, io.LimitReader(member, f.Bytes+1), path)
}

// put makes the file at path of what comes from r, if those are the right bytes.
// What cannot be written wholly is removed.
func (f File) put(ctx context.Context, r io.Reader, path string) error {
	to := f.beside(path, "copy")
	file, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, r)
	if err = cmp.Or(err, file.Sync(), file.Close()); err == nil {
		err = f.settle(ctx, to, path)
	}
	if err != nil {
		os.Remove(to)
	}
	return err
}

// settle gives the file at from the name path, if it is the right one.
func (f File) settle(ctx context.Context, from, path string) error {
	if err := f.check(ctx, from, true); err != nil {
		return err
	}
	return os.Rename(from, path)
}

// full reports whether an error is one of writing, as on a full disk.
func full(err error) bool {
	e, ok := errors.AsType[*fs.PathError](err)
	return ok && (e.Op == "write" || e.Op == "sync" || e.Op == "close")
}

// each is a writer that is only told how much there is to write.
type each func(n int) error

func (e each) Write(p []byte) (int, error) { return len(p), e(len(p)) }
