package classify_test

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	classify "github.com/llm-from-scratch/llm/ch06_classify_ft"
	"github.com/llm-from-scratch/llm/internal/footprint"
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
	for _, loss := range []string{"0.911", "0.15", "0.29"} {
		require.Contains(t, section, " "+loss)
	}
	for _, line := range []string{
		"step     0                          validation loss 0.911",
		"step   130  training loss 0.171150  validation loss 0.146851",
		"step   650  training loss 0.032840  validation loss 0.29",
	} {
		require.Contains(t, string(log), line)
	}
}

// What the page says of the time and memory that GPT-2 takes was measured, on a
// model of its shape.
func TestPageQuotesWhatGPT2Takes(t *testing.T) {
	page, err := os.ReadFile("../docs/ch06_classify_ft.md")
	require.NoError(t, err)
	log, err := os.ReadFile("../docs/runs/gpt2-tuning.txt")
	require.NoError(t, err)
	_, section, found := strings.Cut(string(page), "## With the real GPT-2")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")
	block := regexp.MustCompile("(?s)```text\n(.*?)```").FindStringSubmatch(section)
	require.NotNil(t, block)
	require.Equal(t, 2, strings.Count(block[1], "\n"))
	_, run, found := strings.Cut(string(log), "$ go run ./cmd/llm classify train -published -model runs/random/gpt2 ")
	require.True(t, found)
	run, _, _ = strings.Cut(run, "\n$ ")
	for line := range strings.Lines(block[1]) {
		require.Contains(t, run, line)
	}

	match := regexp.MustCompile(`(\d+) steps in \S+ \((\S+) of processor time\).* at most (\d+) MB`).FindStringSubmatch(block[1])
	require.NotNil(t, match)
	steps, err := strconv.Atoi(match[1])
	require.NoError(t, err)
	processor, err := time.ParseDuration(match[2])
	require.NoError(t, err)
	step := processor.Seconds() / float64(steps)
	all := classify.PublishedSettings.Training(1045).Schedule.Total
	require.Contains(t, section, fmt.Sprintf("a step took %.1f seconds of processor time", step))
	require.Contains(t, section, fmt.Sprintf("all %d of them take %.0f minutes", all, step*float64(all)/60))

	// The memory that was foretold is what it took, but for the program itself.
	c := gpt.GPT2Small
	took, err := strconv.Atoi(match[3])
	require.NoError(t, err)
	foretold := footprint.Of(c, 8, 120, false, classify.LastBlock(c.Layers)).Total() - 4*8*120*c.Vocab // no logits
	require.InDelta(t, float64(foretold)/1e6, float64(took), 100)
}

// Exercise 6.5 tells the commands of its record and what all layers come to, but not what is
// found; and the recorded run begins where the one with all layers does.
func TestTheHeadAloneIsToldAsRecorded(t *testing.T) {
	read := func(name string) string {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		return string(text)
	}
	record, all := read("../docs/runs/experiment-6.5.txt"), read("../docs/runs/spam.txt")
	_, task, found := strings.Cut(read("testdata/exercises/exercise_test.go"), "Exercise 6.5:")
	require.True(t, found)
	task, _, _ = strings.Cut(task, "Exercise 6.6:")
	for _, command := range regexp.MustCompile(`(?m)^\$ (.*)$`).FindAllStringSubmatch(record, -1) {
		require.Contains(t, task, command[1]+"\n")
	}
	last := regexp.MustCompile(`\nunchanged: (\S+)\nchanged: (\S+)\n$`).FindStringSubmatch(record)
	require.NotNil(t, last)
	require.Contains(t, all, last[1]+"% of 264 messages held out")
	require.Contains(t, record, last[2]+"% of 264 messages held out")
	require.Contains(t, task, last[1])
	require.NotContains(t, task, last[2])
	first := regexp.MustCompile(`(?m)^step     0 .*$`)
	require.Equal(t, first.FindString(all), first.FindString(record))
}
