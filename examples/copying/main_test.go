package main

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var line = regexp.MustCompile(`(?m)^step +(\d+)  loss (\S+)  right \[(.*)\]  copying \[(.*)\]  previous \[(.*)\]$`)

// read returns the numbers of each line, by step and by name.
func read(t *testing.T, text string) map[int]map[string][]float64 {
	rows := map[int]map[string][]float64{}
	for _, m := range line.FindAllStringSubmatch(text, -1) {
		step, err := strconv.Atoi(m[1])
		require.NoError(t, err)
		row := map[string][]float64{}
		for i, name := range []string{"loss", "right", "copying", "previous"} {
			for field := range strings.FieldsSeq(m[i+2]) {
				v, err := strconv.ParseFloat(field, 64)
				require.NoError(t, err)
				row[name] = append(row[name], v)
			}
		}
		rows[step] = row
	}
	return rows
}

// recorded are the runs of two layers and of one that the book tells of.
func recorded(t *testing.T) (two, one string) {
	data, err := os.ReadFile("../../docs/runs/copying.txt")
	require.NoError(t, err)
	two, one, ok := strings.Cut(string(data), "\n$ go run ./examples/copying -layers 1\n")
	require.True(t, ok)
	return two, one
}

// The first steps, again.
func TestRecordedSteps(t *testing.T) {
	two, one := recorded(t)
	for layers, record := range map[int]string{2: two, 1: one} {
		var out strings.Builder
		run(context.Background(), &out, layers, 20, 20, 1)
		want, got := read(t, record), read(t, out.String())
		for _, step := range []int{0, 20} {
			require.InDelta(t, want[step]["loss"][0], got[step]["loss"][0], 0.01)
			require.InDeltaSlice(t, want[step]["copying"], got[step]["copying"], 0.011)
			require.InDeltaSlice(t, want[step]["previous"], got[step]["previous"], 0.011)
		}
		require.Equal(t, 2*layers, strings.Count(out.String(), "\nlayer "))
		require.Contains(t, out.String(), "\n    a   b   c   d   e   f   g   h   a")
	}
}

// The page says what is recorded.
func TestPage(t *testing.T) {
	data, err := os.ReadFile("../../docs/branch_prompts.md")
	require.NoError(t, err)
	page := strings.Join(strings.Fields(string(data)), " ")
	two, one := recorded(t)
	rows, single := read(t, two), read(t, one)
	require.True(t, strings.Contains(page, fmt.Sprintf("between steps 340 and 440, the loss of what can be known falls from %.1f to %.1f, and the copying score of the second layer's second head rises from %.2f to %.2f, the first one's with it",
		rows[340]["loss"][0], rows[440]["loss"][0], rows[340]["copying"][3], rows[440]["copying"][3])))
	require.Greater(t, rows[440]["copying"][2], 0.75)
	require.Greater(t, rows[300]["loss"][0], 3.3)
	// The head that looks back grows with the copying one, not before, and goes on.
	back := func(step int) float64 { return rows[step]["previous"][1] }
	require.True(t, strings.Contains(page, fmt.Sprintf("the score of the head that looks back rises from %.2f to %.2f, and it goes on to %.2f", back(340), back(440), back(800))))
	require.Less(t, back(340)-back(0), back(440)-back(340))
	require.Less(t, back(440)-back(340), back(800)-back(440))
	require.True(t, strings.Contains(page, "with 0.78 of its attention in this short sequence"))
	require.Contains(t, two, "layer 1, head 2: copying 0.01, previous 0.78\n")
	require.True(t, strings.Contains(page, fmt.Sprintf("The second time %.0f percent are right", 100*rows[800]["right"][1])))
	for _, share := range rows[800]["right"][2:] {
		require.Equal(t, 1.0, share)
	}
	require.True(t, strings.Contains(page, "is right about one id in ten the second time, and a third the sixth time"))
	require.InDelta(t, 0.1, single[800]["right"][1], 0.02)
	require.InDelta(t, 0.33, single[800]["right"][5], 0.04)
	require.Less(t, single[800]["copying"][0], 0.15)
}
