package instruct_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	instruct "github.com/llm-from-scratch/llm/ch07_instruct_ft"
	"github.com/llm-from-scratch/llm/internal/footprint"
)

// recorded reads a file of docs/runs.
func recorded(t *testing.T, name string) string {
	data, err := os.ReadFile(filepath.Join("..", "docs", "runs", name))
	require.NoError(t, err)
	return string(data)
}

// The run that the page shows was of these entries and these settings.
func TestRecordedRunIsOfTheDefaults(t *testing.T) {
	train, validation, test := instruct.Split(practice(instruct.DefaultSettings.Seed))
	log := recorded(t, "assistant.txt")
	s := instruct.DefaultSettings
	steps := s.Epochs * ((len(train) + s.Batch - 1) / s.Batch)
	assert.Contains(t, log, fmt.Sprintf("instructions: %d to train with, %d to watch, %d held out\n", len(train), len(validation), len(test)))
	losses := log[:strings.Index(log, "\nthe assistant is in ")]
	last := losses[strings.LastIndex(losses, "\n")+1:]
	assert.True(t, strings.HasPrefix(last, fmt.Sprintf("step %5d  training loss ", steps)), last)
}

// The recorded answers are to the entries held out, and the page counts them
// right.
func TestRecordedAnswers(t *testing.T) {
	_, _, test := instruct.Split(practice(instruct.DefaultSettings.Seed))
	record := recorded(t, "assistant-eval.txt")
	right, all := make(map[string]int), make(map[string]int)
	for _, e := range test {
		question := strings.TrimSpace(e.Instruction + " " + e.Input)
		_, answer, asked := strings.Cut("\n"+record, "\n"+question+"\n")
		require.True(t, asked, question)
		answer, _, _ = strings.Cut(answer, "\n")
		require.True(t, strings.HasSuffix(answer, "(wanted: "+e.Output+")"), "%s: %s", question, answer)
		all[e.Kind]++
		if strings.HasPrefix(answer, "    right: ") {
			right[e.Kind]++
		}
	}
	page, err := os.ReadFile(filepath.Join("..", "docs", "ch07_instruct_ft.md"))
	require.NoError(t, err)
	for kind := range all {
		line := fmt.Sprintf("%-10s  %d of %d right\n", kind, right[kind], all[kind])
		assert.Contains(t, record, line)
		assert.Contains(t, string(page), line)
	}
}

// The pairs of the harder test are in no entry of the same kind.
func TestNewPairsAreNew(t *testing.T) {
	pairs, err := instruct.ReadEntries(strings.NewReader(recorded(t, "new-pairs.json")))
	require.NoError(t, err)
	assert.Len(t, pairs, 93)
	asked := make(map[[2]string]bool)
	for _, e := range practice(instruct.DefaultSettings.Seed) {
		asked[[2]string{e.Kind, e.Input}] = true
	}
	for _, e := range pairs {
		assert.False(t, asked[[2]string{e.Kind, e.Input}], e)
	}
}

// The recorded conversation is about the entries held out, and the page counts
// right: answers, and those to the question before.
func TestRecordedConversation(t *testing.T) {
	_, _, test := instruct.Split(practice(instruct.DefaultSettings.Seed))
	var questions strings.Builder
	for _, e := range test {
		questions.WriteString(e.Instruction)
		if e.Input != "" {
			questions.WriteString(" | " + e.Input)
		}
		questions.WriteString("\n")
	}
	assert.Equal(t, questions.String(), recorded(t, "questions.txt"))

	runs := strings.Split(strings.TrimSuffix(recorded(t, "chat.txt"), "\n"), "\n\n")
	require.Len(t, runs, 2)
	var answers [2][]string
	for i, command := range []string{"$ go run ./cmd/llm chat -n 8 <", "$ go run ./cmd/llm chat -n 8 -history=false <"} {
		first, rest, _ := strings.Cut(runs[i], "\n")
		require.True(t, strings.HasPrefix(first, command), first)
		answers[i] = strings.Split(rest, "\n")
		require.Len(t, answers[i], len(test))
	}
	together, alone := answers[0], answers[1]
	right := func(answers []string) (n int) {
		for i, e := range test {
			if answers[i] == e.Output {
				n++
			}
		}
		return n
	}
	differ, again := 0, 0
	for i := range test {
		if together[i] != alone[i] {
			differ++
			if i > 0 && together[i] == alone[i-1] {
				again++
			}
		}
	}
	data, err := os.ReadFile(filepath.Join("..", "docs", "ch07_instruct_ft.md"))
	require.NoError(t, err)
	page := strings.Join(strings.Fields(string(data)), " ")
	assert.Contains(t, page, fmt.Sprintf("It answered %d of %d right, and with `-history=false` it was %d as above.", right(together), len(test), right(alone)))
	assert.Contains(t, page, fmt.Sprintf("In %d of the %d places where the two differ, it answered the question before.", again, differ))
}

// What the page says of the time and memory that GPT-2 takes was measured, on
// models of its shapes.
func TestPageQuotesWhatGPT2Takes(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "docs", "ch07_instruct_ft.md"))
	require.NoError(t, err)
	log := recorded(t, "gpt2-tuning.txt")
	c := map[string]gpt.Config{"124M": gpt.GPT2Small, "355M": gpt.GPT2Medium}
	for _, run := range []struct {
		size, entries, command string
		B, T                   int
	}{
		{"124M", "of the collection, 8 at once", "instruct train -published -model runs/random/gpt2 -out", 8, 91},
		{"355M", "of the collection, 8 at once", "instruct train -published -model runs/random/gpt2-medium -out", 8, 91},
		{"124M", "of 1,024 tokens, 1 at once and 8 in a step", "instruct train -published -model runs/random/gpt2 -data runs/random/long.json -batch 1 -accumulate 8", 1, 1024},
		{"355M", "of 1,024 tokens, 1 at once", "instruct train -published -model runs/random/gpt2-medium -data runs/random/long.json -batch 1 -out", 1, 1024},
	} {
		_, text, found := strings.Cut(log, "$ go run ./cmd/llm "+run.command)
		require.True(t, found, run.command)
		match := regexp.MustCompile(`(\d+) steps in \S+ \((\S+) of processor time\).* at most (\d+) MB`).FindStringSubmatch(text)
		require.NotNil(t, match)
		steps, err := strconv.Atoi(match[1])
		require.NoError(t, err)
		processor, err := time.ParseDuration(match[2])
		require.NoError(t, err)
		took, err := strconv.Atoi(match[3])
		require.NoError(t, err)
		step := processor.Seconds() / float64(steps)
		row := fmt.Sprintf("| %s | %s | %d MB | %.0f s |", run.size, run.entries, took, step)
		assert.Contains(t, string(page), row)
		if run.T == 91 {
			assert.Contains(t, string(page), fmt.Sprintf("%s %.0f minutes |\n", row, step*2*117/60))
		}

		config := c[run.size]
		assert.InEpsilon(t, float64(footprint.Of(config, run.B, run.T, false, nil).Total())/1e6, float64(took), .1, run.command)
	}
}

// Exercise 7.5 tells the commands of its record and what Newton's model comes to, but not what
// is found. The recorded run is of the same entries.
func TestAnAssistantFromNothingIsToldAsRecorded(t *testing.T) {
	record, newton := recorded(t, "experiment-7.5.txt"), recorded(t, "assistant.txt")
	stubs, err := os.ReadFile(filepath.Join("testdata", "exercises", "exercise_test.go"))
	require.NoError(t, err)
	_, task, found := strings.Cut(string(stubs), "Exercise 7.5:")
	require.True(t, found)
	task, _, _ = strings.Cut(task, "Exercise 7.6:")
	for _, command := range regexp.MustCompile(`(?m)^\$ (.*)$`).FindAllStringSubmatch(record, -1) {
		require.Contains(t, task, command[1]+"\n")
	}
	last := regexp.MustCompile(`\nunchanged: (\S+)\nchanged: (\S+)\n$`).FindStringSubmatch(record)
	require.NotNil(t, last)
	require.Contains(t, newton, last[1]+"% of 62 exact answers")
	require.Contains(t, record, last[2]+"% of 62 exact answers")
	require.Contains(t, task, last[1])
	require.NotContains(t, task, last[2])
	entries := regexp.MustCompile(`(?m)^instructions: .*$`)
	require.Equal(t, entries.FindString(newton), entries.FindString(record))
}
