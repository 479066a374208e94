package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/translate/translator"
)

// small is a translator so small that a test can train it.
func smallTranslator(out string, more ...string) []string {
	return append([]string{"translate", "train", "-out", out, "-width", "8", "-heads", "2", "-encoder", "1", "-decoder", "1", "-batch", "200"}, more...)
}

// A run that is stopped and gone on with comes to the bits of one that was not.
func TestTranslateResumes(t *testing.T) {
	dir := t.TempDir()
	whole, parts := filepath.Join(dir, "whole"), filepath.Join(dir, "parts")
	out := ok(t, smallTranslator(whole, "-steps", "6", "-norm", "after", "-dropout", "0.1")...)
	require.Contains(t, out, "model: 1 and 1 layers of width 8, norms after, vocabulary ")
	ok(t, smallTranslator(parts, "-steps", "6", "-norm", "after", "-dropout", "0.1", "-stop", "4")...)
	ok(t, "translate", "train", "-resume", "-out", parts)
	require.Equal(t, read(t, filepath.Join(whole, "model.safetensors")), read(t, filepath.Join(parts, "model.safetensors")))

	table := ok(t, "translate", "eval", "-model", whole, "-n", "3")
	require.Len(t, strings.Split(strings.TrimSpace(table), "\n"), 1+8)
	require.Regexp(t, `zh +number +3 +0\.0% +\d`, table)
	var verdicts []translator.Verdict
	require.NoError(t, json.Unmarshal([]byte(ok(t, "translate", "eval", "-model", whole, "-n", "2", "-digits", "14", "-beam", "2", "-json")), &verdicts))
	require.Len(t, verdicts, 2)
	require.Equal(t, "number", verdicts[1].Kind)

	r := llm(t, "translate", "run", "-model", whole, "three xylophones")
	require.Contains(t, r.stderr, "has never seen")
	require.Equal(t, 1, strings.Count(r.out, "\n"))
	r = llmIn(t, t.Context(), "三本书\n\nthree books\n", "translate", "run", "-model", whole)
	require.Equal(t, 3, strings.Count(r.out, "\n"))
	var looks translator.Looks
	require.NoError(t, json.Unmarshal([]byte(ok(t, "translate", "run", "-model", whole, "-json", "三本书")), &looks))
	require.Equal(t, "en", looks.To)
	require.Equal(t, []string{"<to en>", "三", "本", "书", "<end>"}, looks.From)
	require.Len(t, looks.Weights, len(looks.Into))
	var sum float32
	for _, w := range looks.Weights[0] {
		sum += w
	}
	require.InDelta(t, 1, sum, 1e-5)
}

// Pairs of a file are learned both ways; one text in ten is held out.
func TestTranslateFile(t *testing.T) {
	var lines strings.Builder
	for _, a := range []string{"the dog", "the cat", "the house", "a tree", "my book", "your car", "no bread", "one apple"} {
		for _, b := range []string{"is big", "is small", "is old", "is red", "was here", "was there"} {
			lines.WriteString(a + " " + b + ".\tDas: " + a + " " + b + ".\tsomebody\n")
		}
	}
	lines.WriteString("jazz yoga\tquiz\n")
	path, out := filepath.Join(t.TempDir(), "pairs.tsv"), filepath.Join(t.TempDir(), "out")
	require.NoError(t, os.WriteFile(path, []byte(lines.String()), 0o644))
	ok(t, smallTranslator(out, "-steps", "2", "-data", path, "-from", "en", "-to", "de", "-vocab", "50")...)
	require.Regexp(t, `de +text +\d+ +0\.0%(?s:.*)en +text`, ok(t, "translate", "eval", "-model", out))
	ok(t, "translate", "run", "-model", out, "-to", "de", "the dog")
	r := llm(t, "translate", "run", "-model", out, "-to", "de", "a jazzy quiz")
	require.Empty(t, r.stderr, "of letters that words have which occur once, and so are spelled")
	assertFails(t, `-to cannot be "fr"`, "translate", "run", "-model", out, "-to", "fr", "the dog")
	require.NoError(t, os.WriteFile(path, []byte("a b c\td\n"+lines.String()), 0o644))
	assertFails(t, "has changed since the translator in", "translate", "eval", "-model", out)
	require.NoError(t, os.WriteFile(path, []byte("a\tb\n"), 0o644))
	assertFails(t, "too few to hold some out", smallTranslator(out, "-force", "-data", path)...)
	require.NoError(t, os.WriteFile(path, []byte("no tab\n"), 0o644))
	assertFails(t, "pairs.tsv", smallTranslator(out, "-force", "-data", path)...)
}

func TestTranslateMisuse(t *testing.T) {
	for want, args := range map[string][]string{
		`-norm cannot be "between"`: {"train", "-norm", "between"},
		"-smoothing cannot be 1":    {"train", "-smoothing", "1"},
		`-from and -to are both`:    {"train", "-from", "x", "-to", "x"},
		"-beam cannot be 0":         {"run", "-beam", "0", "x"},
		"-digits cannot be 16":      {"eval", "-digits", "16"},
		"-batch cannot be 0":        {"train", "-batch", "0"},
		"-rate cannot be 2":         {"train", "-rate", "2"},
		"not divisible by 5 heads":  {"train", "-heads", "5"},
	} {
		r := llm(t, append([]string{"translate"}, args...)...)
		require.Equal(t, 2, r.status, r.stderr)
		require.Contains(t, r.stderr, want)
	}
	assertFails(t, "translate train makes one", "translate", "run", "-model", filepath.Join(t.TempDir(), "none"), "x")
}

// The recorded run begins as it does today, and the page has its table.
func TestTranslateRecord(t *testing.T) {
	runs := strings.Split(read(t, here(t), "../../docs/runs/translate.txt"), "\n\n")
	out := ok(t, "translate", "train", "-stop", "1", "-out", filepath.Join(t.TempDir(), "translator"))
	command, rest, _ := strings.Cut(runs[0], "\n")
	require.Equal(t, "$ go run ./cmd/llm translate train", command)
	lines := strings.Split(rest, "\n")
	require.True(t, strings.HasPrefix(out, strings.Join(lines[:2], "\n")), out)
	require.Contains(t, lines[len(lines)-2], fmt.Sprintf("step  %d ", defaultTranslate.Schedule.Total))

	page := read(t, here(t), "../../docs/branch_translate.md")
	for into, language := range map[string]string{"zh": "Chinese", "en": "English"} {
		row := "| " + language
		for _, right := range regexp.MustCompile(`(?m)^`+into+` .*? (\d+\.\d%)`).FindAllStringSubmatch(runs[1], -1) {
			row += " | " + right[1]
		}
		require.Contains(t, page, row+" |")
		require.Regexp(t, `(?m)^`+into+` +number +100 +0\.0%`, runs[2])
	}
}
