package flash_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/compare/benchfmt"
)

// The page's table is that of the recorded benchmarks: the median of three, in
// milliseconds.
func TestPageShowsTheRecordedTimes(t *testing.T) {
	recorded, err := os.ReadFile("../../docs/runs/attention.txt")
	require.NoError(t, err)
	page, err := os.ReadFile("../../docs/appendix_attention.md")
	require.NoError(t, err)
	for _, context := range []struct {
		T    int
		name string
	}{{64, "64"}, {256, "256"}, {1024, "1,024"}} {
		row := "| " + context.name + " |"
		for _, pass := range []string{"forward", "backward"} {
			for _, way := range []string{"Plain", "Heads"} {
				row += fmt.Sprintf(" %s |", benchfmt.Digits(benchfmt.Median(string(recorded), fmt.Sprintf("%s/4x12x%dx64/%s", way, context.T, pass), "ns/op")/1e6))
			}
		}
		require.Contains(t, string(page), row+"\n")
	}
}
