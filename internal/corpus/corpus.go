// Package corpus finds and reads the texts that a model learns from.
package corpus

import (
	"bytes"
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

// Read reads the text file at path; an empty path is Newton's Opticks. Line ends
// and byte-order marks of other systems are not part of the text, and what is not
// UTF-8 is an error.
func Read(path string) (Text, error) {
	if path == "" {
		return opticks()
	}
	data, err := ReadFile(path)
	if err != nil {
		return Text{}, fmt.Errorf("reading the corpus: %w; -data FILE names a text file", err)
	}
	text, err := plaintext.String("the corpus "+path, data)
	if err == nil && strings.TrimSpace(text) == "" {
		err = fmt.Errorf("the corpus %s is empty; -data FILE names a text file", path)
	}
	return Text{Path: path, SHA256: Sum(data), Text: text}, err
}

// ReadFile reads a file of a text, messages, entries or answers, which is no device
// and ends where no tokenizer can be trained on more.
func ReadFile(path string) ([]byte, error) {
	const most = math.MaxInt32
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
	n := info.Size()
	if n <= most {
		data.Grow(int(n) + bytes.MinRead)
		n, err = data.ReadFrom(io.LimitReader(file, most+1))
	}
	if n > most {
		err = fmt.Errorf("%s has more than %d bytes", path, most)
	}
	return data.Bytes(), err
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
