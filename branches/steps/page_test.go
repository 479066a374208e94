package steps_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/steps"
)

// The page's table is that of the recorded runs, docs/runs/steps.csv and steps-time.txt.
func TestPageShowsTheRecord(t *testing.T) {
	read := func(name string) string {
		text, err := os.ReadFile("../../docs/" + name)
		require.NoError(t, err)
		return string(text)
	}
	rows, err := csv.NewReader(strings.NewReader(read("runs/steps.csv"))).ReadAll()
	require.NoError(t, err)
	page, last, first := read("branch_steps.md"), rows[len(rows)-1][3], 0.0
	for _, name := range steps.Names {
		var losses []float64
		parameters := 0
		for _, row := range rows[1:] {
			if row[0] != name || row[3] != last {
				continue
			}
			loss, err := strconv.ParseFloat(row[5], 64)
			require.NoError(t, err)
			losses = append(losses, loss)
			parameters, err = strconv.Atoi(row[1])
			require.NoError(t, err)
		}
		require.Len(t, losses, 3, name)
		mean := (losses[0] + losses[1] + losses[2]) / 3
		if name == steps.Names[0] {
			first = mean
		}
		seconds := 0.0
		for _, m := range regexp.MustCompile(`(?m)^`+name+` \d: .*\((\S+) of processor time\)`).FindAllStringSubmatch(read("runs/steps-time.txt"), -1) {
			d, err := time.ParseDuration(m[1])
			require.NoError(t, err)
			seconds += d.Seconds() / 3
		}
		require.Contains(t, page, fmt.Sprintf("| `%s` | %d,%03d | %.3f | %+.3f | %.3f | %.0f s |\n",
			name, parameters/1000, parameters%1000, mean, mean-first, slices.Max(losses)-slices.Min(losses), seconds), "the row of the table")
	}
}
