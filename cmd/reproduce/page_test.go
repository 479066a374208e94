package main

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	page = "../../docs/appendix_checked.md"
	runs = "../../docs/runs/published.txt"
)

var update = flag.Bool("update", false, "write the table on the appendix's page")

// The page's table is that of a fresh run, and so is the one in the committed log.
// On other processors sums are rounded in another order, so that a row or two may
// be equal instead of explained; nowhere may one be different.
func TestPageHasTheTable(t *testing.T) {
	var all []Row
	for _, e := range Experiments {
		if !e.needsWeights() && !e.Long {
			all = append(all, rows(t, e)...)
		}
	}
	table := Summary(all)
	prose, err := os.ReadFile(page)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(prose), "\n```text\nvalues ")
	require.True(t, found, "the page has no table")
	_, after, found := strings.Cut(rest, "```\n")
	require.True(t, found)
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(before+"\n```text\n"+table+"```\n"+after), 0o644))
		return
	}
	shown := strings.Split(strings.TrimSuffix("values "+rest[:len(rest)-len(after)-len("```\n")], "\n"), "\n")
	require.Equal(t, same(strings.Split(strings.TrimSuffix(table, "\n"), "\n")), same(shown), "go test ./cmd/reproduce -run Page -update writes it")

	recorded, err := os.ReadFile(runs)
	require.NoError(t, err)
	for _, line := range shown[1 : len(shown)-1] {
		require.Contains(t, string(recorded), line, "go run ./cmd/reproduce all > docs/runs/published.txt writes it")
	}
}

// same keeps of each line of a table what must be the same everywhere: how many
// values there are and how many differ, and whose they are.
func same(lines []string) (kept [][]string) {
	for _, line := range lines {
		f := strings.Fields(line)
		if len(f) == 5 && os.Getenv("CI") == "" { // CI is where the table was made
			f = slices.Delete(f, 1, 3)
		}
		kept = append(kept, f)
	}
	return kept
}

func TestSummary(t *testing.T) {
	rows := []Row{text("x", "1", 1), text("x", "1", 2), text("x", "2", 2), {Published: "a", Ours: "b", Why: "because"}, text("x", "1", 1)}
	for i := range rows {
		rows[i].Experiment = []string{"one", "another"}[i/4]
	}
	equal, explained, different := Count(rows)
	require.Equal(t, []int{3, 1, 1}, []int{equal, explained, different})
	require.Equal(t, `values  equal  explained  different
     4      2          1          1  one
     1      1          0          0  another
     5      3          1          1  all
`, Summary(rows))
}
