package main

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is measured can still be built.
func TestPlugFits(t *testing.T) {
	root, err := filepath.Abs("../../..")
	require.NoError(t, err)
	overlay, err := plug(root, t.TempDir())
	require.NoError(t, err)
	cmd := exec.Command("go", "vet", "-overlay", overlay, "./internal/f32", "./ch05_pretrain")
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
}

func TestPlugNeedsTheBook(t *testing.T) {
	_, err := plug(t.TempDir(), t.TempDir())
	require.Error(t, err)
}
