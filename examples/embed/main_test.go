package main

import (
	"context"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
)

// TestMain lets the test binary be the program itself.
func TestMain(m *testing.M) {
	if os.Getenv("EMBED_TEST_MAIN") != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// The program runs where there is no file of the model.
func TestProgram(t *testing.T) {
	program := func(in string, args ...string) (out, stderr string, err error) {
		var o, e strings.Builder
		cmd := exec.Command(os.Args[0], args...)
		cmd.Dir = t.TempDir()
		cmd.Env = append(os.Environ(), "EMBED_TEST_MAIN=1")
		cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(in), &o, &e
		err = cmd.Run()
		return o.String(), e.String(), err
	}
	out, _, err := program("", "What", "is", "the", "opposite", "of", "hot?")
	require.NoError(t, err)
	assert.Equal(t, "cold\n", out)
	out, _, err = program("Which word is last? | red sun\nIs gold a metal?\n")
	require.NoError(t, err)
	assert.Equal(t, "sun\nyes\n", out)

	out, stderr, err := program(strings.Repeat("far too long ", 100) + "\nIs gold a metal?\n")
	assert.Error(t, err)
	assert.Equal(t, "yes\n", out, "the next line is answered all the same")
	assert.True(t, strings.HasPrefix(stderr, "embed: instruct: the prompt has "), stderr)
	assert.Equal(t, 1, strings.Count(stderr, "\n"))
}

func TestRunStopsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.ErrorIs(t, run(ctx, []string{"Is gold a metal?"}, nil, new(strings.Builder)), context.Canceled)
}

// The model is as small as it has to be for a place among the sources, and has
// learned what it is said to know.
func TestModel(t *testing.T) {
	var bytes int64
	require.NoError(t, fs.WalkDir(embedded, "model", func(_ string, d fs.DirEntry, err error) error {
		info, _ := d.Info()
		bytes += info.Size()
		return err
	}))
	assert.Less(t, bytes, int64(200_000))

	files, err := fs.Sub(embedded, "model")
	require.NoError(t, err)
	m, bpe, err := pretrain.LoadModelFS(files, "model")
	require.NoError(t, err)
	assert.Equal(t, 41, m.Config.ParamCount()/1000, "thousand weights, as the program's comment says")
	assistant := instruct.New(m, bpe)
	_, _, exam := instruct.Split(instruct.Practice(rand.New(rand.NewPCG(1, 7))))
	var tally instruct.Tally
	for s, err := range assistant.Scores(t.Context(), exam, instruct.Options{}) {
		require.NoError(t, err)
		tally.Add(s)
	}
	assert.Greater(t, tally.Right, tally.Exact*9/10, "of the entries held out")
}
