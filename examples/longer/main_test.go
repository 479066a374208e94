package main

import (
	"context"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The example runs to its end, with a translator that has hardly begun to learn.
func TestRun(t *testing.T) {
	var out strings.Builder
	run(context.Background(), &out, 3, 12, 3, 1)
	_, loss, _ := strings.Cut(out.String(), "step   10  loss ")
	loss, rest, _ := strings.Cut(loss, "\n")
	value, err := strconv.ParseFloat(loss, 64)
	require.NoError(t, err)
	require.Less(t, value, 2*math.Log(300), "of about 300 ids")
	require.Contains(t, rest, "\ndigits  right of 3 to Chinese  to English\n     3  ")
	require.Contains(t, rest, "\n     6                0                0\n")
	require.Equal(t, 6, strings.Count(rest, "\n  writes "))
}

// The page has the numbers of the record.
func TestPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/branch_translate_grammar.md")
	require.NoError(t, err)
	record, err := os.ReadFile("../../docs/runs/longer.txt")
	require.NoError(t, err)
	rows := regexp.MustCompile(`(?m)^ +(\d+) +(\d+) +(\d+)$`).FindAllStringSubmatch(string(record), -1)
	require.Len(t, rows, 6)
	for i, row := range rows {
		if i < 4 {
			require.Contains(t, string(page), "| "+row[1]+" | "+row[2]+" | "+row[3]+" |\n")
		} else {
			require.Equal(t, []string{"0", "0"}, row[2:])
		}
	}
}
