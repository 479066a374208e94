package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/corpus"
	"github.com/llm-from-scratch/llm/internal/golden"
	"github.com/llm-from-scratch/llm/internal/search"
)

// tinyBert are options for a BERT that trains in no time.
func tinyBert(more ...string) []string {
	return append([]string{"bert", "train", "-layers", "1", "-width", "16", "-heads", "2", "-context", "32", "-vocab", "80",
		"-batch", "2", "-dropout", "0.1"}, more...)
}

// A run that was stopped goes on to the same bits, and what it leaves guesses words and
// finds passages.
func TestBert(t *testing.T) {
	text := file(t, "book.txt", bookText()[:8000])
	parent := t.TempDir()
	whole, half := filepath.Join(parent, "whole"), filepath.Join(parent, "half")
	args := tinyBert("-data", text, "-steps", "4", "-every", "2", "-prompt", "some [MASK]", "-out")
	out := ok(t, append(args, whole)...)
	assert.Contains(t, out, "pieces to learn from")
	assert.Contains(t, out, "bert fill -model "+whole+" 'some [MASK]'")
	ok(t, append(args, half, "-stop", "2")...)
	ok(t, "bert", "train", "-resume", "-out", half)
	require.Equal(t, holds(t, whole), holds(t, half))

	assert.Len(t, strings.Split(ok(t, "bert", "fill", "-model", whole, "-top", "3", "the [MASK] of [MASK]"), "\n"), 3)
	var guesses [][]struct {
		Piece       string
		Probability float64
	}
	require.NoError(t, json.Unmarshal([]byte(ok(t, "bert", "fill", "-model", whole, "-json", "the [MASK] of light")), &guesses))
	require.Len(t, guesses, 1)
	require.Len(t, guesses[0], 5)
	assert.GreaterOrEqual(t, guesses[0][0].Probability, guesses[0][4].Probability)

	t.Setenv("LLMBOOK_DATA", filepath.Join(parent, "cache"))
	found := func(args ...string) (hits []search.Hit) {
		out := ok(t, append([]string{"search", "-model", whole, "-json"}, args...)...)
		require.NoError(t, json.Unmarshal([]byte(out), &hits))
		return hits
	}
	first := found("-top", "2", text, "of colour")
	require.Len(t, first, 2)
	assert.Equal(t, text, first[0].File)
	assert.GreaterOrEqual(t, first[0].Score, first[1].Score)
	assert.DirExists(t, filepath.Join(parent, "cache", "search"))
	assert.Equal(t, first, found("-top", "2", text, "of colour"))
	assert.Equal(t, first, found("-top", "2", "-no-cache", text, "of colour"))
	assert.Contains(t, ok(t, "search", "-model", whole, text, "of colour"), text+":1\n")
}

func TestBertRefuses(t *testing.T) {
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{tinyBert("-share", "1"), statusUsage, "-share cannot be 1"},
		{tinyBert("-prompt", "no gap"), statusUsage, "-prompt has no [MASK] to fill in"},
		{tinyBert("-data", file(t, "book.txt", bookText()[:8000]), "-prompt", strings.Repeat("the light ", 20)+"[MASK]"), statusUsage,
			"-prompt: the text has no [MASK] among the pieces that the model reads"},
		{tinyBert("-heads", "3"), statusUsage, "bert: width 16 is not divisible by 3 heads"},
		{tinyBert("-context", "3"), statusUsage, "-context cannot be 3"},
		{tinyBert("-data", file(t, "short.txt", "a few words")), statusFailed, "is too short for batches of 2 sequences of 32 pieces"},
		{[]string{"bert", "fill", "-model", t.TempDir(), "the [MASK]"}, statusFailed, "bert train makes one"},
		{[]string{"bert", "fill", "-model", t.TempDir(), "-top", "0", "the [MASK]"}, statusUsage, "-top cannot be 0"},
		{[]string{"search", "only a question"}, statusUsage, "search"},
		{[]string{"search", "-model", t.TempDir(), "-top", "0", "a", "b"}, statusUsage, "-top cannot be 0"},
		{[]string{"search", "-model", t.TempDir(), "a", "b"}, statusFailed, "no model in"},
	} {
		if c.args[0] == "bert" && c.args[1] == "train" {
			c.args = append(c.args, "-out", t.TempDir())
		}
		r := llm(t, c.args...)
		assert.Equal(t, c.status, r.status, c.args)
		assert.Contains(t, r.stderr, c.want)
	}
}

// The line that words alone would not find, in a folder of notes.
func TestSearchByMeaning(t *testing.T) {
	model, notes := golden.Model(t, "minilm"), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(notes, "garden.md"), []byte("# Garden\n\nPrune the apple trees in February.\n"), 0o666))
	require.NoError(t, os.WriteFile(filepath.Join(notes, "bike.md"), []byte("Things to remember.\n\n"+strings.Repeat("Oil the chain. ", 20)+
		"\n\nFind the hole in the tube under water, dry it and glue on a patch.\n"), 0o666))
	require.NoError(t, os.WriteFile(filepath.Join(notes, "photo.jpg"), []byte("\xff\xd8\x00\x01"), 0o666))
	r := llm(t, "search", "-model", model, "-no-cache", "-top", "1", notes, "how do I repair a puncture")
	require.Equal(t, 0, r.status, r.stderr)
	assert.Contains(t, r.out, "bike.md:5\n")
	assert.Contains(t, r.out, "glue on a patch")
	assert.Contains(t, r.stderr, "left out: ")
}

// The recorded run begins as it does today, and the page quotes what it came to.
func TestBertRecord(t *testing.T) {
	if _, err := corpus.Read(""); err != nil {
		t.Skip(err)
	}
	runs := strings.Split(read(t, here(t), "../../docs/runs/bert.txt"), "\n\n")
	out := ok(t, "bert", "train", "-every", "500", "-stop", "1", "-out", filepath.Join(t.TempDir(), "bert"))
	first := strings.Split(runs[0], "\n")[1]
	require.Contains(t, out, first)
	require.Contains(t, runs[0], fmt.Sprintf("\n%d steps in", defaultBert.Schedule.Total))

	page := read(t, here(t), "../../docs/branch_bert.md")
	losses := regexp.MustCompile(`validation loss (\d\.\d+)`).FindAllStringSubmatch(runs[0], -1)
	var ends [2]float64
	for i, loss := range []string{losses[0][1], losses[len(losses)-1][1]} {
		var err error
		ends[i], err = strconv.ParseFloat(loss, 64)
		require.NoError(t, err)
	}
	require.Contains(t, page, fmt.Sprintf("falls from %.2f to %.2f", ends[0], ends[1]))
	for _, quoted := range regexp.MustCompile(`(?m)^\$ llm (bert fill .*\n.*)$`).FindAllStringSubmatch(page, -1) {
		require.Contains(t, strings.Join(runs, "\n\n"), "$ go run ./cmd/llm "+quoted[1])
	}
}
