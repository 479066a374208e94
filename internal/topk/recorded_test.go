package topk_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/compare/benchfmt"
)

// The page's times are those of the recorded benchmarks: the median of three.
func TestPageShowsTheRecordedTimes(t *testing.T) {
	recorded, err := os.ReadFile("../../docs/runs/topk.txt")
	require.NoError(t, err)
	page, err := os.ReadFile("../../docs/appendix_fast.md")
	require.NoError(t, err)
	milliseconds := func(name string) float64 { return benchfmt.Median(string(recorded), "Descending/"+name, "ns/op") / 1e6 }
	require.Contains(t, string(page), fmt.Sprintf("take %.2f ms, where sorting takes %.1f (", milliseconds("40"), milliseconds("sorted")))
}
