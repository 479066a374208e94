package matmul_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the page says of whole training steps stands in the records.
func TestPageQuotesHistoryAndComparison(t *testing.T) {
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
		require.NoError(t, err)
		return string(data)
	}
	_, section, found := strings.Cut(read("appendix_fast.md"), "\n## What each step bought\n")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")
	_, block, _ := strings.Cut(section, "```text\n")
	block, _, _ = strings.Cut(block, "```")
	require.NotEmpty(t, block)
	require.Contains(t, read("runs/history.txt"), block)
	comparison, rows := read("runs/compare.md"), 0
	for line := range strings.Lines(section) {
		if strings.HasPrefix(line, "| ") {
			require.Contains(t, comparison, line)
			rows++
		}
	}
	require.Greater(t, rows, 5)
}
