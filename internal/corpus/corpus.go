// Package corpus finds and reads the texts that a model learns from.
package corpus

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/llm-from-scratch/llm/internal/plaintext"
)

// A Text is a corpus.
type Text struct {
	Path   string
	SHA256 string // of the file, in hexadecimal
	Text   string
}

// maxText is what a tokenizer can be trained on.
const maxText = math.MaxInt32

// Read reads the text file at path; an empty path is Newton's Opticks. Line ends
// and byte-order marks of other systems are not part of the text, and what is not
// UTF-8 is an error.
func Read(path string) (Text, error) {
	if path == "" {
		return opticks()
	}
	file, err := os.Open(path)
	if err != nil {
		return Text{}, fmt.Errorf("reading the corpus: %w; -data FILE names a text file", err)
	}
	defer file.Close()
	var text strings.Builder
	if info, err := file.Stat(); err == nil {
		if info.Size() > maxText {
			return Text{}, fmt.Errorf("the corpus %s has %d bytes; at most %d can be trained on", path, info.Size(), maxText)
		}
		text.Grow(int(info.Size()))
	}
	sum := sha256.New()
	r := plaintext.NewReader("the corpus "+path, io.TeeReader(file, sum))
	if n, err := io.Copy(&text, io.LimitReader(r, maxText+1)); err != nil || n > maxText {
		return Text{}, cmp.Or(err, fmt.Errorf("the corpus %s does not end after %d bytes, and more cannot be trained on", path, maxText))
	}
	if strings.TrimSpace(text.String()) == "" {
		return Text{}, fmt.Errorf("the corpus %s is empty; -data FILE names a text file", path)
	}
	return Text{Path: path, SHA256: hex.EncodeToString(sum.Sum(nil)), Text: text.String()}, nil
}

// ReadFile reads a file of messages, entries or answers, which is no device and ends
// within a gigabyte.
func ReadFile(path string) ([]byte, error) {
	const most = 1 << 30
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if info.Mode()&fs.ModeDevice != 0 {
		return nil, fmt.Errorf("%s is a device, not a file", path)
	}
	var data bytes.Buffer
	data.Grow(int(min(info.Size(), most)) + bytes.MinRead)
	if n, err := data.ReadFrom(io.LimitReader(file, most+1)); err != nil || n > most {
		return nil, cmp.Or(err, fmt.Errorf("%s has more than %d bytes", path, most))
	}
	return data.Bytes(), nil
}

// Sum is the SHA-256 of data, in hexadecimal.
func Sum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// opticks reads the book that every Go toolchain ships among its test data, from
// its title on: before that stand the names of those who typed it in.
func opticks() (Text, error) {
	root, err := goroot()
	if err != nil {
		return Text{}, fmt.Errorf("the default text, Newton's Opticks, comes with Go, and Go was not found (%w); -data FILE names another text", err)
	}
	path := filepath.Join(root, "src", "testdata", "Isaac.Newton-Opticks.txt")
	t, err := Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Text{}, fmt.Errorf("the default text, Newton's Opticks, which comes with most copies of Go, is not in %s; "+
			"get a text by: go run ./cmd/llm data get shakespeare, and name it by -data FILE", path)
	}
	if err != nil {
		return Text{}, err
	}
	if at := strings.Index(t.Text, "OPTICKS:"); at > 0 {
		t.Text = t.Text[at:]
	}
	return t, nil
}

// goroot is the directory of the Go toolchain.
func goroot() (string, error) {
	if root := os.Getenv("GOROOT"); root != "" {
		return root, nil
	}
	out, err := exec.Command("go", "env", "GOROOT").Output()
	return strings.TrimSpace(string(out)), err
}
