package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/golden"
)

// recorded is the conversation that the book prints: what was asked and what was said.
func recorded(t *testing.T) (text string, asked, said []string) {
	data, err := os.ReadFile("../../docs/runs/talk.txt")
	require.NoError(t, err)
	for line := range strings.Lines(string(data)) {
		if question, ok := strings.CutPrefix(line, "> "); ok {
			asked = append(asked, question)
		} else if !strings.HasPrefix(line, "$ ") {
			said = append(said, line)
		}
	}
	return string(data), asked, said
}

// One question, and a conversation: the second answer is one to both questions, and the
// cache has kept what was read for the first.
func TestTalk(t *testing.T) {
	path := golden.Model(t, "smollm2/SmolLM2-135M-Instruct.Q4_1.gguf")
	_, asked, said := recorded(t)
	var out strings.Builder
	require.NoError(t, run([]string{path, strings.TrimSpace(asked[0])}, nil, &out))
	require.Equal(t, said[0], out.String())

	out.Reset()
	require.NoError(t, run([]string{path}, strings.NewReader(asked[0]+"\n"+asked[1]), &out))
	require.Equal(t, "> "+said[0]+"> > "+said[1]+"> \n", out.String())
}

// The book prints what is recorded; llm chat says it, too.
func TestRecordedConversation(t *testing.T) {
	text, _, _ := recorded(t)
	page, err := os.ReadFile("../../docs/branch_chat.md")
	require.NoError(t, err)
	require.Contains(t, string(page), text)
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	require.Contains(t, string(readme), text)
}

func TestBadInput(t *testing.T) {
	require.ErrorContains(t, run(nil, nil, nil), "which model?")
	require.ErrorContains(t, run([]string{filepath.Join(t.TempDir(), "none.gguf")}, nil, nil), "none.gguf")
}

// A model whose form is not known is refused: asked in another, it would say anything.
func TestUnknownForm(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "model")
	require.NoError(t, os.CopyFS(dir, os.DirFS("../../branches/talk/testdata/small")))
	require.NoError(t, run([]string{dir, "Hi"}, nil, new(strings.Builder)))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "chat_template.jinja"), []byte("[INST]"), 0o666))
	require.ErrorContains(t, run([]string{dir, "Hi"}, nil, new(strings.Builder)), "a chat template of a family that is not built here")
}
