package search

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/bert"
	"github.com/llm-from-scratch/llm/internal/golden"
)

func TestCut(t *testing.T) {
	long := strings.Repeat("Some words of a sentence. ", 20) // 520 bytes
	text := "# Title\n\nA short one.\n\n" + long + "\n" + long + "\n\nThe end.\n"
	list := Cut("a.md", text)
	require.Len(t, list, 3)
	require.Equal(t, 1, list[0].Line)
	require.True(t, strings.HasPrefix(list[0].Text, "# Title\n\nA short one."))
	require.Equal(t, 6, list[1].Line)
	require.Empty(t, Cut("a.md", "\n \n"))

	// No line is too long: every word is there, and no character is broken.
	for _, word := range []string{"word. ", "word ", "ü"} {
		line := strings.Repeat(word, 1000)
		var all strings.Builder
		for _, p := range Cut("a", line) {
			require.LessOrEqual(t, len(p.Text), most+1)
			require.Equal(t, 1, p.Line)
			require.Equal(t, p.Text, strings.ToValidUTF8(p.Text, "?"))
			all.WriteString(p.Text)
		}
		require.Equal(t, strings.ReplaceAll(line, " ", ""), strings.ReplaceAll(all.String(), " ", ""))
	}
}

// The published ranking, with vectors from the model and from the disk.
func TestPublishedRanking(t *testing.T) {
	golden.Large(t)
	e, err := bert.LoadEncoder(golden.Model(t, "minilm"))
	require.NoError(t, err)
	var want struct {
		Passages []string
		Queries  []struct {
			Text    string
			Ranking []int
			Scores  []float32
		}
	}
	golden.JSON(t, "bert/minilm/search.json", &want)
	var passages []Passage
	for i, text := range want.Passages {
		passages = append(passages, Passage{"", i, text})
	}
	x := Index{e, filepath.Join(t.TempDir(), "new")}
	for _, q := range want.Queries {
		n := 0
		hits, err := x.Find(t.Context(), passages, q.Text, len(passages), func(more int) { n += more })
		require.NoError(t, err)
		require.Equal(t, len(passages), n)
		for i, h := range hits {
			require.Equal(t, q.Ranking[i], h.Line, "%s, place %d", q.Text, i)
			require.InDelta(t, q.Scores[i], h.Score, 1e-5)
		}
	}
	kept, err := os.ReadDir(x.Dir)
	require.NoError(t, err)
	require.Len(t, kept, 1)

	// What is damaged on disk is made anew.
	require.NoError(t, os.WriteFile(filepath.Join(x.Dir, kept[0].Name()), []byte("no tensors"), 0o666))
	hits, err := x.Find(t.Context(), passages, want.Queries[0].Text, 1, func(int) {})
	require.NoError(t, err)
	require.Equal(t, want.Queries[0].Ranking[0], hits[0].Line)
	_, err = x.Find(t.Context(), nil, "a", 1, func(int) {})
	require.ErrorIs(t, err, ErrNothing)
}
