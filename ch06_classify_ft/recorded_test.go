package classify_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the page says of the runs on real messages stands in their log.
func TestPageQuotesTheRecordedRuns(t *testing.T) {
	page, err := os.ReadFile("../docs/ch06_classify_ft.md")
	require.NoError(t, err)
	log, err := os.ReadFile("../docs/runs/sms.txt")
	require.NoError(t, err)
	_, section, found := strings.Cut(string(page), "## On real messages")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")

	blocks := regexp.MustCompile("(?s)```text\n(.*?)```").FindAllStringSubmatch(section, -1)
	require.NotEmpty(t, blocks)
	for _, b := range blocks {
		require.Contains(t, string(log), b[1])
	}
	rows := regexp.MustCompile("\\| `(classify train[^`]*)` \\| [\\d,]+ \\| ([\\d.]+%) \\|").FindAllStringSubmatch(section, -1)
	require.Len(t, rows, 3)
	runs := strings.Split(string(log), "$ go run ./cmd/llm classify train ")
	for _, row := range rows {
		options := strings.TrimPrefix(strings.TrimPrefix(row[1], "classify train"), " ")
		matched := 0
		for _, run := range runs[1:] {
			command, rest, _ := strings.Cut(run, "\n")
			_, given, _ := strings.Cut(command, `data get sms-spam)" `)
			if given = strings.TrimSpace(strings.Split(given, "-out")[0]); given == options {
				require.Contains(t, rest, row[2]+" of 300 messages held out from training sorted right", row[1])
				matched++
			}
		}
		require.Equal(t, 1, matched, row[1])
	}
	for _, loss := range []string{"0.808", "0.17", "0.31"} {
		require.Contains(t, section, " "+loss)
	}
	for _, line := range []string{
		"step     0                          validation loss 0.808",
		"step   130  training loss 0.168895  validation loss 0.165620",
		"step   650  training loss 0.016919  validation loss 0.31",
	} {
		require.Contains(t, string(log), line)
	}
}
