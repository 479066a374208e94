package main

import (
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/corpus"
	"github.com/llm-from-scratch/llm/internal/exercise"
	"github.com/llm-from-scratch/llm/internal/training"
)

// The experiments of the first five chapters are recorded in docs/runs, each with the
// change, the command, what it printed and the first lines of its log.
var experiments = []string{"1.6", "2.5", "3.5", "4.6", "5.6"}

// A recordedExperiment is what such a file says.
type recordedExperiment struct {
	changes            map[string][][2]string // of each file: lines, and what they become
	command            []string
	log                string
	unchanged, changed string
}

var (
	changedFile = regexp.MustCompile(`(?m)^--- (\S+)\n((?:[-+].*\n)+)`)
	changedPart = regexp.MustCompile(`((?:-.*\n)+)((?:\+.*\n)+)`)
	commandLine = regexp.MustCompile(`(?m)^\$ go run ./cmd/llm (.*)$`)
	logLines    = regexp.MustCompile(`(?m)^step,.*\n(?:\d.*\n)+`)
	lastLoss    = regexp.MustCompile(`(?m)^step   400 .*validation loss (\S+)$`)
	foundLines  = regexp.MustCompile(`\nunchanged: (\S+)\nchanged: (\S+)\n$`)
)

func readExperiment(t *testing.T, number string) (text string, e recordedExperiment) {
	text = read(t, here(t), "../../docs/runs/experiment-"+number+".txt")
	e.changes = map[string][][2]string{}
	lines := func(s string) string { return regexp.MustCompile(`(?m)^[-+]`).ReplaceAllString(s, "") }
	for _, file := range changedFile.FindAllStringSubmatch(text, -1) {
		for _, part := range changedPart.FindAllStringSubmatch(file[2], -1) {
			e.changes[file[1]] = append(e.changes[file[1]], [2]string{lines(part[1]), lines(part[2])})
		}
	}
	command := commandLine.FindStringSubmatch(text)
	require.NotNil(t, command)
	e.command = strings.Fields(command[1])
	e.log = logLines.FindString(text)
	found := foundLines.FindStringSubmatch(text)
	require.NotNil(t, found)
	e.unchanged, e.changed = found[1], found[2]
	return text, e
}

// overlay writes the changes beside the book's files, for go build.
func (e recordedExperiment) overlay(t *testing.T, root string) string {
	dir, replace := t.TempDir(), map[string]string{}
	for file, parts := range e.changes {
		src := read(t, root, file)
		for _, part := range parts {
			require.Equal(t, 1, strings.Count(src, part[0]), "in %s stands once:\n%s", file, part[0])
			src = strings.Replace(src, part[0], part[1], 1)
		}
		replace[filepath.Join(root, file)] = filepath.Join(dir, filepath.Base(file))
		require.NoError(t, os.WriteFile(filepath.Join(dir, filepath.Base(file)), []byte(src), 0o666))
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	require.NoError(t, err)
	name := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(name, data, 0o666))
	return name
}

// Each recorded experiment begins as it does here: the program is built with the change
// of the record and takes its first steps.
func TestExperimentsBeginAsRecorded(t *testing.T) {
	if os.Getenv("CI") != "true" {
		t.Skip("skipped: it builds the program once for each experiment; CI does, and so does CI=true go test ./cmd/llm -run ExperimentsBegin")
	}
	if _, err := corpus.Read(""); err != nil {
		t.Skip(err)
	}
	root, err := exercise.Root()
	require.NoError(t, err)
	for _, number := range experiments {
		t.Run(number, func(t *testing.T) {
			_, e := readExperiment(t, number)
			dir := t.TempDir()
			program := filepath.Join(dir, "llm.exe")
			build := exec.Command("go", "build", "-overlay", e.overlay(t, root), "-o", program, "./cmd/llm")
			build.Dir = root
			out, err := build.CombinedOutput()
			require.NoError(t, err, "%s", out)

			recorded := training.ReadLog(e.log, math.MaxInt)
			require.Greater(t, len(recorded), 3)
			run := exec.Command(program, append(e.command, "-stop", "3")...)
			run.Dir = dir
			out, _ = run.CombinedOutput()
			again := training.ReadLog(read(t, dir, filepath.Join(e.command[len(e.command)-1], "log.csv")), math.MaxInt)
			require.Len(t, again, len(recorded), "%s", out)
			assert.InDelta(t, recorded[0].Validation, again[0].Validation, 5e-6)
			for i, want := range recorded[1:] {
				assert.InDelta(t, want.Train, again[i+1].Train, 5e-6, "step %d", want.Step)
			}
		})
	}
}

// A reader is told the command and the lines of the record, and what the unchanged model
// comes to, but not what is found.
func TestExperimentsAreToldAsRecorded(t *testing.T) {
	root, err := exercise.Root()
	require.NoError(t, err)
	all, err := exercise.List(root)
	require.NoError(t, err)
	told := map[string]string{}
	for _, e := range all {
		told[e.Number] = e.Task
	}
	for _, number := range experiments {
		text, e := readExperiment(t, number)
		task := told[number]
		assert.Contains(t, task, "go run ./cmd/llm "+strings.Join(e.command, " "), number)
		assert.Contains(t, task, e.unchanged, number)
		assert.NotContains(t, task, e.changed, number)
		for file, parts := range e.changes {
			assert.Contains(t, task, file)
			for _, part := range parts {
				was, is := strings.TrimSpace(part[0]), strings.TrimSpace(part[1])
				assert.True(t, strings.Contains(task, was) || strings.Contains(task, is), "%s: %s", number, was)
			}
		}
		last := lastLoss.FindStringSubmatch(text)
		require.NotNil(t, last, number)
		assert.Equal(t, last[1], e.changed, number)
	}
}
