package pretrain_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the chapter quotes of a training run stands in the record of that run.
func TestChapterQuotesTheRecordedRun(t *testing.T) {
	page, err := os.ReadFile("../docs/ch05_pretrain.md")
	require.NoError(t, err)
	record, err := os.ReadFile("../docs/runs/newton.txt")
	require.NoError(t, err)
	_, quoted, found := strings.Cut(string(page), "```text\n")
	require.True(t, found)
	quoted, _, _ = strings.Cut(quoted, "```")
	stands := map[string]bool{}
	for line := range strings.Lines(string(record)) {
		stands[strings.TrimSpace(line)] = true
	}
	for line := range strings.Lines(quoted) {
		require.True(t, stands[strings.TrimSpace(line)], "no such line in the record: %s", line)
	}

	example, err := os.ReadFile("example_test.go")
	require.NoError(t, err)
	_, losses, _ := strings.Cut(string(example), "func ExamplePerplexity() {")
	_, losses, _ = strings.Cut(losses, "[]float64{")
	losses, _, _ = strings.Cut(losses, "}")
	for loss := range strings.SplitSeq(losses, ", ") {
		require.Contains(t, string(record), "validation loss "+loss+"\n")
	}
}

// So does what the trained model wrote without dice.
func TestChapterQuotesTheGreedyText(t *testing.T) {
	page, err := os.ReadFile("../docs/ch05_pretrain.md")
	require.NoError(t, err)
	record, err := os.ReadFile("../docs/runs/penalty.txt")
	require.NoError(t, err)
	runs := strings.Split(strings.TrimSpace(string(record)), "\n\n$ ")
	require.Len(t, runs, 2)
	for _, run := range runs {
		command, text, _ := strings.Cut(strings.TrimPrefix(run, "$ "), "\n")
		require.Contains(t, string(page), "```sh\n"+command+"\n```\n\n```text\n"+strings.TrimSpace(text)+"\n```\n")
	}
}
