package fetch

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// noteFile says, in a model's folder, what the server has told about the files
// that are not pinned. It is written last.
const noteFile = "fetched.json"

// An origin is what the note says about a file.
type origin struct {
	URL    string `json:"url"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// noted is d with its files in root pinned to what the note there says.
func (d Dataset) noted(root string) Dataset {
	data, err := os.ReadFile(filepath.Join(root, noteFile))
	var note map[string]origin
	if err != nil || json.Unmarshal(data, &note) != nil {
		return d
	}
	d.Files = append([]File(nil), d.Files...)
	for i, f := range d.Files {
		if from := note[f.Name]; f.unknown() && from.URL == f.URL {
			d.Files[i].Bytes, d.Files[i].SHA256 = from.Bytes, from.SHA256
		}
	}
	return d
}

// note is what [Dataset.noted] reads.
func note(files []File) ([]byte, error) {
	note := map[string]origin{}
	for _, f := range files {
		note[f.Name] = origin{f.URL, f.Bytes, f.SHA256}
	}
	return json.MarshalIndent(note, "", "  ")
}

// unknown reports whether only the server knows the size and the SHA-256.
func (f File) unknown() bool { return f.SHA256 == "" && f.URL != "" }

// root is the folder of the dataset's files if the dataset is in dir.
func (d Dataset) root(dir string) string { return filepath.Join(dir, d.Folder) }

// there reports whether all files are in dir with their right sizes.
func (d Dataset) there(dir string) bool {
	root := d.root(dir)
	for _, f := range d.noted(root).Files {
		path := filepath.Join(root, f.Name)
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() || f.unknown() {
			return false
		}
		if f.URL == "" && f.same(path) != nil || f.URL != "" && info.Size() != f.Bytes {
			return false
		}
	}
	return true
}

// check reads all files in dir and reports what is wrong with one of them.
func (d Dataset) check(ctx context.Context, dir string) error {
	root := d.root(dir)
	for _, f := range d.noted(root).Files {
		if err := f.check(ctx, filepath.Join(root, f.Name)); err != nil {
			return err
		}
	}
	return nil
}

// check reports what is wrong with the file at path.
func (f File) check(ctx context.Context, path string) error {
	if f.URL == "" {
		return f.same(path)
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if info.Size() != f.Bytes {
		return fmt.Errorf("%d bytes, want %d", info.Size(), f.Bytes)
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, reader{ctx, file}); err != nil {
		return err
	}
	if sum := hex.EncodeToString(hash.Sum(nil)); sum != f.SHA256 {
		return fmt.Errorf("SHA-256 %s, want %s", sum, f.SHA256)
	}
	return nil
}

// same reports how the configuration at path describes another model than f.
// It may say more, and in another order, as the one that Hugging Face publishes.
func (f File) same(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	type shape struct {
		Type    string `json:"model_type"`
		Width   int    `json:"n_embd"`
		Heads   int    `json:"n_head"`
		Layers  int    `json:"n_layer"`
		Context int    `json:"n_positions"`
		Vocab   int    `json:"vocab_size"`
	}
	var got, want shape
	if err := cmp.Or(json.Unmarshal(data, &got), json.Unmarshal([]byte(f.Text), &want)); err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("a model of %d layers of width %d, want %d of %d", got.Layers, got.Width, want.Layers, want.Width)
	}
	return nil
}

// part is what the file at path is called while it comes.
func (f File) part(path string) string {
	dir, name := filepath.Split(path)
	return dir + "." + name + "." + f.SHA256[:8] + ".part"
}

// removeOthers removes what is left of other versions of the file at path, and of
// a crash.
func (f File) removeOthers(path string) {
	dir, name := filepath.Split(path)
	entries, _ := os.ReadDir(filepath.Clean(dir))
	for _, e := range entries {
		left := strings.HasSuffix(e.Name(), ".part") || strings.HasSuffix(e.Name(), ".member")
		if left && strings.HasPrefix(e.Name(), "."+name+".") && dir+e.Name() != f.part(path) {
			os.Remove(dir + e.Name())
		}
	}
}

// checked returns the file that a complete download has brought, part itself or
// the member of the archive that it is, if that is the right one.
func (f File) checked(ctx context.Context, part string) (path string, err error) {
	if f.Member == "" {
		return part, f.check(ctx, part)
	}
	member := strings.TrimSuffix(part, ".part") + ".member"
	if err := f.extract(part, member); err != nil {
		return "", err
	}
	if err := f.check(ctx, member); err != nil {
		os.Remove(member)
		return "", err
	}
	return member, nil
}

// extract writes the member of the archive to a file of its own, but never more
// than a byte beyond its size: an archive may promise anything.
func (f File) extract(archive, to string) error {
	z, err := zip.OpenReader(archive)
	if err != nil {
		return err
	}
	defer z.Close()
	member, err := z.Open(f.Member)
	if err != nil {
		return err
	}
	defer member.Close()
	return write(to, io.LimitReader(member, f.Bytes+1))
}

// copy makes the file at path of one with the same bytes.
func (f File) copy(ctx context.Context, from, path string) error {
	file, err := os.Open(from)
	if err != nil {
		return err
	}
	defer file.Close()
	part := f.part(path)
	if err := write(part, reader{ctx, file}); err != nil {
		return err
	}
	if err := f.check(ctx, part); err != nil {
		os.Remove(part)
		return fmt.Errorf("%s has changed: %w", from, err)
	}
	return os.Rename(part, path)
}

// put makes a small file at path.
func put(path string, content []byte) error {
	dir, name := filepath.Split(path)
	part := dir + "." + name + ".part"
	if err := write(part, bytes.NewReader(content)); err != nil {
		return err
	}
	return os.Rename(part, path)
}

// write makes a file at path of what comes from r. It is on the disk when write
// returns. What cannot be written wholly is removed.
func write(path string, r io.Reader) error {
	file, err := os.Create(path)
	if err != nil {
		return &diskError{err}
	}
	d := disk{file}
	_, err = io.Copy(d, r)
	if err := cmp.Or(err, d.finish()); err != nil {
		os.Remove(path)
		return err
	}
	return nil
}

// A disk is a file whose errors in writing can be told from others.
type disk struct{ file *os.File }

type diskError struct{ err error }

func (e *diskError) Error() string { return e.err.Error() }
func (e *diskError) Unwrap() error { return e.err }

func (d disk) Write(p []byte) (int, error) {
	n, err := d.file.Write(p)
	if err != nil {
		err = &diskError{err}
	}
	return n, err
}

// empty begins the file anew.
func (d disk) empty() error {
	_, err := d.file.Seek(0, io.SeekStart)
	if err := cmp.Or(err, d.file.Truncate(0)); err != nil {
		return &diskError{err}
	}
	return nil
}

// finish closes the file when the disk really has it: a file must not get its
// name before its bytes, and some disks tell that they are full only here.
func (d disk) finish() error {
	if err := cmp.Or(d.file.Sync(), d.file.Close()); err != nil {
		return &diskError{err}
	}
	return nil
}

// A reader stops when ctx is cancelled.
type reader struct {
	ctx  context.Context
	from io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.from.Read(p)
}
