package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/golden"
)

// A conversation of two lines: the second is an answer to both, and the cache has kept
// what was read of the first.
func TestTalk(t *testing.T) {
	path := golden.Model(t, "smollm2/SmolLM2-135M-Instruct.Q4_1.gguf")
	var out strings.Builder
	require.NoError(t, run([]string{path, "What is the capital of France?"}, nil, &out))
	require.Contains(t, out.String(), "Paris")

	out.Reset()
	require.NoError(t, run([]string{path}, strings.NewReader("What is the capital of France?\n\nIn which country is that?\n"), &out))
	lines := strings.Split(out.String(), "\n")
	require.Contains(t, lines[0], "Paris")
	require.Contains(t, strings.Join(lines[1:], " "), "France")
}

func TestBadInput(t *testing.T) {
	require.ErrorContains(t, run(nil, nil, nil), "which model?")
	require.ErrorContains(t, run([]string{filepath.Join(t.TempDir(), "none.gguf")}, nil, nil), "none.gguf")
}
