package wordpiece

import (
	"os"
	"strconv"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"github.com/llm-from-scratch/llm/internal/golden"
)

// minilm is the published vocabulary, from a real model.
func minilm(t *testing.T) *Tokenizer {
	dir := golden.Model(t, "minilm")
	tok, err := Load(os.DirFS(dir), dir)
	require.NoError(t, err)
	return tok
}

// Ids are those of Hugging Face's tokenizer, for texts in all scripts, and for pairs.
func TestPublishedIDs(t *testing.T) {
	golden.Large(t)
	tok := minilm(t)
	var want struct {
		Single, Random []struct {
			Text string
			IDs  []int
		}
		Pairs []struct {
			A, B  string
			IDs   []int
			Types []int `json:"type_ids"`
		}
	}
	golden.JSON(t, "bert/minilm/ids.json", &want)
	for _, w := range append(want.Single, want.Random...) {
		x := tok.Single(w.Text, 1<<20)
		assert.Equal(t, w.IDs, x.IDs, "%q", w.Text)
		assert.Equal(t, make([]int, len(w.IDs)), x.Types)
	}
	for _, w := range want.Pairs {
		x := tok.Pair(w.A, w.B, 1<<20)
		assert.Equal(t, w.IDs, x.IDs, "%q %q", w.A, w.B)
		assert.Equal(t, w.Types, x.Types, "%q %q", w.A, w.B)
	}
}

// The normalizer does to each character of Unicode what Hugging Face's does, but
// for letters that Go's tables do not know yet.
func TestPublishedCharacters(t *testing.T) {
	golden.Large(t)
	var want struct {
		Removed, Space, Spaced, Punctuation [][2]rune
		Map                                 map[string]string
	}
	golden.JSON(t, "bert/minilm/codepoints.json", &want)
	in := func(ranges [][2]rune, r rune) bool {
		for _, x := range ranges {
			if x[0] <= r && r <= x[1] {
				return true
			}
		}
		return false
	}
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if 0xD800 <= r && r < 0xE000 {
			continue
		}
		s := string(r)
		plain, changed := want.Map[strconv.FormatInt(int64(r), 16)]
		switch {
		case in(want.Removed, r):
			plain = ""
		case in(want.Space, r):
			plain = " "
		case in(want.Spaced, r):
			plain = " " + s + " "
		case 0xAC00 <= r && r <= 0xD7A3:
			plain = norm.NFD.String(s)
		case !changed:
			plain = s
		}
		got := Uncased.Normalize(s)
		if got == s && changed && !unicode.In(r, unicode.L, unicode.N) {
			continue // younger than Go's tables, which have no such letter
		}
		require.Equal(t, plain, got, "U+%04X", r)
		if got == s {
			want := in(want.Punctuation, r)
			require.Equal(t, want, len(Words("a"+s+"b")) == 3, "U+%04X", r)
		}
	}
}
