package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/steps"
)

// A run of any architecture that was stopped goes on to the same bits. What it has made
// writes, and becomes a file for other programs if these know such a model.
func TestArchitectures(t *testing.T) {
	text := file(t, "book.txt", bookText()[:8000])
	for _, arch := range steps.Names {
		parent := t.TempDir()
		whole, half := filepath.Join(parent, "whole"), filepath.Join(parent, "half")
		args := tiny("-data", text, "-arch", arch, "-steps", "4", "-every", "2", "-out")
		ok(t, append(args, whole)...)
		ok(t, append(args, half, "-stop", "2")...)
		ok(t, "pretrain", "-resume", "-out", half)
		require.Equal(t, holds(t, whole), holds(t, half), arch)
		require.True(t, strings.HasPrefix(ok(t, "generate", "-model", whole, "-n", "3", "The"), "The"), arch)
		r := llm(t, "export", "-model", whole, "-format", "gguf", "-out", filepath.Join(parent, "gguf"))
		if between := arch != "gpt2" && arch != "llama"; between {
			require.Equal(t, statusFailed, r.status)
			require.Contains(t, r.stderr, "has no place in a GGUF file")
		} else {
			require.Equal(t, statusOK, r.status, r.stderr)
		}
	}
}

// What no architecture is, and what one cannot be.
func TestBadArchitectures(t *testing.T) {
	for want, args := range map[string][]string{
		`llm: -arch cannot be "bert"; it takes gpt2, rmsnorm, swiglu, nobias, rotary, llama (llm pretrain -h shows how it is used)` + "\n": {"-arch", "bert"},
		"llm: steps: the width of a head is 1; its columns turn in pairs, so it must be even (llm pretrain -h shows how it is used)\n":     {"-arch", "rotary", "-heads", "128"},
	} {
		r := llm(t, append([]string{"pretrain", "-out", t.TempDir()}, args...)...)
		require.Equal(t, statusUsage, r.status)
		require.Equal(t, want, r.stderr)
	}
	dir := filepath.Join(t.TempDir(), "run")
	ok(t, tiny("-data", file(t, "book.txt", bookText()[:8000]), "-arch", "swiglu", "-steps", "2", "-stop", "1", "-out", dir)...)
	config := read(t, dir, "config.json")
	require.Contains(t, config, `"rotary": false`)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "config.json"), []byte(strings.Replace(config, `"rotary": false`, `"rotary": true`, 1)), 0o666))
	r := llm(t, "pretrain", "-resume", "-out", dir)
	require.Equal(t, statusFailed, r.status)
	require.Contains(t, r.stderr, "wpe.weight")
}
