// Package corpus finds and reads the texts that a model learns from.
package corpus

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// A Text is a corpus.
type Text struct {
	Path   string
	SHA256 string // of the file, in hexadecimal
	Text   string
}

// Read reads the text file at path; an empty path is Newton's Opticks.
func Read(path string) (Text, error) {
	if path == "" {
		return opticks()
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return Text{}, fmt.Errorf("reading the corpus: %w; -data FILE names a text file", err)
	}
	t := Text{Path: path, SHA256: Sum(data), Text: string(data)}
	switch {
	case strings.TrimSpace(t.Text) == "":
		return Text{}, fmt.Errorf("the corpus %s is empty; -data FILE names a text file", path)
	case !utf8.ValidString(t.Text):
		return Text{}, fmt.Errorf("the corpus %s is not text: its bytes are not all UTF-8", path)
	case strings.Contains(t.Text, "\x00"):
		return Text{}, fmt.Errorf("the corpus %s is not text: it contains zero bytes", path)
	}
	return t, nil
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
