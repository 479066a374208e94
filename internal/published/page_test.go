package published

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	page = "../../docs/appendix_checked.md"
	log  = "../../docs/runs/published.txt"
)

var update = flag.Bool("update", false, "write the table on the appendix's page")

// The page's table is that of a fresh run, and so is the one in the committed log.
func TestPageHasTheTable(t *testing.T) {
	var results []Result
	for _, e := range Experiments {
		if !e.NeedsWeights() && !e.Long {
			results = append(results, Result{e.Name, run(t, e)})
		}
	}
	table := Summary(results)
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
	require.Contains(t, string(prose), "```text\n"+table+"```\n", "go test ./internal/published -run Page -update writes it")

	recorded, err := os.ReadFile(log)
	require.NoError(t, err)
	for line := range strings.Lines(table) {
		if !strings.HasSuffix(line, "all\n") {
			require.Contains(t, string(recorded), line, "go run ./cmd/llm reproduce all > docs/runs/published.txt writes it")
		}
	}
}

func TestSummary(t *testing.T) {
	rows := []Row{Text("x", 1, 1), Text("x", 1, 2), Text("x", 2, 2), {Published: "a", Ours: "b", Why: "because"}}
	r := Result{"one", rows}
	equal, explained, different := r.Count()
	require.Equal(t, []int{2, 1, 1}, []int{equal, explained, different})
	require.Equal(t, `values  equal  explained  different
     4      2          1          1  one
     1      1          0          0  another
     5      3          1          1  all
`, Summary([]Result{r, {"another", rows[:1]}}))
}
