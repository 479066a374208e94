package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/compare/benchfmt"
)

const root = "../../.."

// What is measured can still be built.
func TestPlugFits(t *testing.T) {
	top, err := filepath.Abs(root)
	require.NoError(t, err)
	overlay, err := plug(top, t.TempDir())
	require.NoError(t, err)
	cmd := exec.Command("go", "vet", "-overlay", overlay, "./internal/f32", "./ch05_pretrain")
	cmd.Dir = top
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
}

func TestPlugNeedsTheBook(t *testing.T) {
	_, err := plug(t.TempDir(), t.TempDir())
	require.Error(t, err)
}

// The page shows the tables of the recorded run, and they say what it measured.
func TestPageShowsTheRecordedRun(t *testing.T) {
	record, err := os.ReadFile(filepath.Join(root, log))
	require.NoError(t, err)
	prose, err := os.ReadFile(filepath.Join(root, page))
	require.NoError(t, err)
	tables, err := tabulate(string(record))
	require.NoError(t, err)
	for _, table := range tables {
		require.Contains(t, string(record), table)
	}
	now, err := replaceTables(prose, tables)
	require.NoError(t, err)
	require.Equal(t, string(now), string(prose), "run go run ./internal/compare/record")
}

func TestTablesNeedTheirNumbersAndPlaces(t *testing.T) {
	_, err := tabulate("BenchmarkLimit/peak/one-2  1  116 GFLOP/s\n")
	require.ErrorContains(t, err, "Limit/peak/all")
	page, err := replaceTables([]byte("a\n```text\nlimit old\n```\nb\n"), []string{"limit new\n"})
	require.NoError(t, err)
	require.Equal(t, "a\n```text\nlimit new\n```\nb\n", string(page))
	_, err = replaceTables(page, []string{"steps 1\n"})
	require.ErrorContains(t, err, `"steps"`)
}

// What the page says in words of the recorded numbers.
func TestPageTellsTheRecordedRun(t *testing.T) {
	record, err := os.ReadFile(filepath.Join(root, log))
	require.NoError(t, err)
	all := benchfmt.Record{Out: string(record)}
	wide := func(step string) float64 { return all.Number("Step/"+step+"/256x3072x768", "GFLOP/s") }
	train := func(step string) float64 { return all.Number("Plugged/"+step, "ns/op") }
	peak := all.Number("Limit/peak/one", "GFLOP/s")
	for _, claim := range []struct {
		says            string
		got, least, top float64
	}{
		{"a two hundredth of the peak", peak / wide("naive"), 130, 300},
		{"in the cache some four times as fast", all.Number("Step/naive/48x48x48", "GFLOP/s") / wide("naive"), 2.5, 5.5},
		{"reordering: six to twelve times", wide("reordered") / wide("naive"), 4.5, 14},
		{"blocks: next to nothing", wide("blocked") / wide("reordered"), 0.8, 1.25},
		{"packing: a third or more", wide("packed") / wide("blocked"), 1.2, 3.5},
		{"vectors without packing: a third of the peak", wide("with-vectors") / peak, 0.2, 0.45},
		{"the kernel: most of the peak", wide("vectorised") / peak, 0.75, 1},
		{"one sum under way: an eighth of the peak", all.Number("Limit/sums/1", "GFLOP/s") / peak, 0.1, 0.15},
		{"a training step: forty times", train("naive") / train("vectorised"), 25, 65},
	} {
		require.GreaterOrEqual(t, claim.got, claim.least, claim.says)
		require.LessOrEqual(t, claim.got, claim.top, claim.says)
	}
	require.NoError(t, all.Err)
}
