package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/golden"
)

// The recorded training runs, by the experiment that was run.
var trainings = []struct{ name, record string }{{"ch05-training", "verdict-training.txt"}, {"appendix-d-training", "verdict-schedule.txt"}}

func recorded(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile("../../docs/runs/" + name)
	require.NoError(t, err)
	return string(data)
}

// A run begins as the recorded one did.
func TestTrainingBeginsAsRecorded(t *testing.T) {
	if testing.Short() {
		return // an emulator takes minutes for a step of 163 million weights
	}
	for _, x := range trainings {
		t.Run(x.name, func(t *testing.T) {
			lab := newLab(t)
			golden.Data(t, "the-verdict.txt")
			ctx, stop := context.WithCancel(t.Context())
			first := ""
			lab.Log = func(format string, args ...any) {
				first = fmt.Sprintf(format, args...)
				stop()
			}
			at := slices.IndexFunc(Experiments, func(e Experiment) bool { return e.Name == x.name })
			_, err := Experiments[at].rows(ctx, lab)
			require.ErrorIs(t, err, context.Canceled)
			require.True(t, strings.HasPrefix(recorded(t, x.record), "$ go run ./cmd/reproduce "+x.name+"\n"+first+"\n"), first)
		})
	}
}

// No line of the recorded runs was unexplained, and the page quotes them.
func TestPageQuotesTheTrainings(t *testing.T) {
	prose, err := os.ReadFile(page)
	require.NoError(t, err)
	blocks := strings.Split(string(prose), "\n```text\n")[2:]
	require.GreaterOrEqual(t, len(blocks), len(trainings))
	records := ""
	for _, x := range trainings {
		record := recorded(t, x.record)
		require.Regexp(t, `\n *\d+ +\d+ +\d+ +0  `+x.name+`\n`, record)
		records += record
	}
	for _, b := range blocks {
		text, _, _ := strings.Cut(b, "```")
		for line := range strings.Lines(text) {
			require.Contains(t, records, line)
		}
	}
}
