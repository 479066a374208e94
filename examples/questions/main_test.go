package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/chat"
	"github.com/llm-from-scratch/llm/branches/prompts"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
	"github.com/llm-from-scratch/llm/internal/golden"
)

// The same questions in the same words get the same answers; others vote among themselves.
func TestQuestions(t *testing.T) {
	path := golden.Model(t, "smollm2/SmolLM2-135M-Instruct.Q4_1.gguf")
	ask := func(o options) string {
		var out strings.Builder
		require.NoError(t, run(context.Background(), []string{path}, o, &out))
		return out.String()
	}
	o := options{shots: 2, draws: 2, most: 3, seed: 1}
	require.Regexp(t, `^2 examples, draw 1: \d of 3 right\n2 examples, draw 2: \d of 3 right\n$`, ask(o))
	o.draws, o.samples = 1, 2
	first := ask(o)
	require.Regexp(t, `^2 examples, draw 1: \d of 3 right, and \d by the vote of 2\n$`, first)
	require.Equal(t, first, ask(o))
	stopped, stop := context.WithCancel(context.Background())
	stop()
	require.ErrorIs(t, run(stopped, []string{path}, o, nil), context.Canceled)
}

func TestBadInput(t *testing.T) {
	for _, o := range []options{{shots: -1, draws: 1, most: 1}, {draws: 0, most: 1}, {draws: 1, samples: -1, most: 1}, {draws: 1}} {
		require.ErrorContains(t, run(context.Background(), []string{"a.gguf"}, o, nil), "go run ./examples/questions")
	}
	require.ErrorContains(t, run(context.Background(), nil, options{draws: 1, most: 1}, nil), "go run ./examples/questions")
	require.ErrorContains(t, run(context.Background(), []string{filepath.Join(t.TempDir(), "none.gguf")}, options{draws: 1, most: 1}, nil), "none.gguf")
}

// A prompt begins with the token that the model's texts begin with: it is one more to read.
func TestBegins(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "begun")
	require.NoError(t, os.CopyFS(dir, os.DirFS("../../branches/talk/testdata/small")))
	read := func() int {
		a, _, err := open(dir)
		require.NoError(t, err)
		_, err = a.Scores(chat.Prompt{{Text: "What is hot?"}}, []string{" cold"})
		require.NoError(t, err)
		return a.Read()
	}
	without, path := read(), filepath.Join(dir, "tokenizer_config.json")
	config, err := os.ReadFile(path)
	require.NoError(t, err)
	config = bytes.Replace(config, []byte("{"), []byte(`{"add_bos_token": true, "bos_token": "<|endoftext|>", `), 1)
	require.NoError(t, os.WriteFile(path, config, 0o644))
	require.Equal(t, without+1, read())
}

// An entry takes one line.
func TestExamples(t *testing.T) {
	got := examples([]instruct.Entry{{Instruction: "Which is last?", Input: "one two", Output: "two"}, {Instruction: "Say hi.", Output: "hi"}})
	require.Equal(t, []prompts.Example{{Input: "Which is last? | one two", Answer: "two"}, {Input: "Say hi.", Answer: "hi"}}, got)
}
