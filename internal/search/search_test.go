package search

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/bert"
	"github.com/llm-from-scratch/llm/branches/wordpiece"
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

// tinyEncoder is an encoder that has learned nothing.
func tinyEncoder() *bert.Encoder {
	pieces := strings.Fields("[PAD] [UNK] [CLS] [SEP] [MASK] a b c d e f g h i j ##a ##b ##c ##d ##e ##f ##g ##h ##i ##j A")
	m := bert.New(bert.Config{Vocab: len(pieces), Context: 16, Width: 8, Hidden: 16, Layers: 1, Heads: 2, Types: 2, Epsilon: 1e-12})
	m.Init(rand.New(rand.NewPCG(1, 1)))
	return &bert.Encoder{Model: m, Tokenizer: wordpiece.New(pieces, wordpiece.Uncased), Longest: 16, Batch: 8}
}

// numbered are n passages of a file, all different.
func numbered(file string, n int) (list []Passage) {
	for i := range n {
		spelled := strings.Map(func(r rune) rune { return r - '0' + 'a' }, strconv.Itoa(1000+i))
		list = append(list, Passage{file, i + 1, spelled + " " + strings.ToUpper(file)})
	}
	return list
}

// One more passage in front costs the groups of its file and no others; a file under
// another name costs none. What comes from the disk is what the encoder says, whichever
// encoder that is.
func TestKept(t *testing.T) {
	x := Index{tinyEncoder(), t.TempDir()}
	files := 0
	added := func(passages []Passage) int {
		t.Helper()
		got, err := x.Embed(t.Context(), passages, func(int) {})
		require.NoError(t, err)
		want, err := (&Index{Encoder: x.Encoder}).Embed(t.Context(), passages, func(int) {})
		require.NoError(t, err)
		require.Equal(t, want, got)
		kept, err := os.ReadDir(x.Dir)
		require.NoError(t, err)
		before := files
		files = len(kept)
		return files - before
	}
	a, b, c := numbered("a", 200), numbered("b", 3), numbered("c", 1)
	all := slices.Concat(a, b, c)
	require.Equal(t, 2+1+1, added(all))
	require.Zero(t, added(all))
	require.Equal(t, 2, added(append([]Passage{{"a", 1, "j"}}, all...)))
	require.Equal(t, 1, added(slices.Concat(a, []Passage{{"b", 1, "j"}}, b, c)))
	b[0].File, b[1].File, b[2].File = "d", "d", "d"
	require.Zero(t, added(slices.Concat(c, b, a)))

	x.Encoder.Model.Config.Heads = 1
	require.Equal(t, 1, added(c))
	x.Encoder.Tokenizer.Normalizer.Lower = false
	require.Equal(t, 1, added(c))
	x.Encoder.Longest = 5
	require.Equal(t, 1, added(c))
}

func TestHit(t *testing.T) {
	h := Hit{Passage{"a\x1b[2J.txt", 7, "one\ntwo\a"}, 0.5}
	require.Equal(t, "0.500  a\ufffd[2J.txt:7\n      one\n      two\ufffd", h.String())
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
