//go:build unix

package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// A pipe in the place of a model, or of one of its files, is refused, and nobody
// waits for what comes out of it.
func TestPipeForAModel(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	require.NoError(t, unix.Mkfifo(pipe, 0o600))
	assertFails(t, "not a directory", "generate", "-model", pipe, "The")
	assertFails(t, "not a directory", "generate", "-model", os.DevNull, "The")
	model := pretrained(t)
	for _, name := range []string{"config.json", "model.safetensors", "vocab.json", "merges.txt", "tokenizer.json"} {
		copied := filepath.Join(t.TempDir(), "copied")
		require.NoError(t, os.CopyFS(copied, os.DirFS(model)))
		os.Remove(filepath.Join(copied, name))
		require.NoError(t, unix.Mkfifo(filepath.Join(copied, name), 0o600))
		assertFails(t, name+": not a file, but a pipe", "generate", "-model", copied, "The")
	}
}
