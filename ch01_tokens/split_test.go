package tokens

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/dlclark/regexp2/v2"
	"github.com/stretchr/testify/require"
)

func TestSplit(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "",
		"Hello, world":              "Hello|,| world",
		"it's they'll I'VE ''s 'so": "it|'s| they|'ll| I|'|VE| ''|s| '|so",
		"'sdo":                      "'s|do",
		"a  b":                      "a| | b",
		"a   b":                     "a|  | b",
		"a\nb":                      "a|\n|b",
		"a\n\nb":                    "a|\n|\n|b",
		"a \n b":                    "a| \n| b",
		"a\t\tb":                    "a|\t|\t|b",
		"a  ":                       "a|  ",
		" ":                         " ",
		"x2 ½ 2½":                   "x|2| ½| 2½",
		"你好，世界":                     "你好|，|世界",
		"\xff\xfeA":                 "\xff\xfe|A",
		"a\u3000b":                  "a|\u3000|b",
		"a \u3000b":                 "a| |\u3000|b",
		"naïve 😉😉!":                 "naïve| 😉😉!",
	} {
		require.Equal(t, want, strings.Join(slices.Collect(Split(text)), "|"), "%q", text)
	}
}

// TestSplitStops checks that a loop over pieces may be left early.
func TestSplitStops(t *testing.T) {
	for piece := range Split("one two") {
		require.Equal(t, "one", piece)
		break
	}
}

// alphabet holds every kind of character that the split pattern or BPE could
// stumble over, several times where it should be frequent.
var alphabet = []string{" ", " ", " ", "  ", "\n", "\t", "\r\n", "'", "'", "'s", "'ll", "'LL", "s", "a", "the", "The", "in", "ing",
	"0", "42", "½", "٣", "!", "?!", "--", "#", "<|", "|>", "<|endoftext|>", "é", "e\u0301", "ß", "你", "好", "안녕", "😉", "👩‍👩‍👧",
	"\u00a0", "\u0085", "\u200b", "\u2028", "\u3000", "\ufeff", "\u180e", "\x00", "\x1c", "\ufffd"}

// scrawl returns a random text of up to 40 parts, valid UTF-8.
func scrawl(rng *rand.Rand) string {
	var s strings.Builder
	for range rng.IntN(40) {
		if rng.IntN(10) == 0 {
			s.WriteRune(rune(rng.IntN(0x3000)))
		} else {
			s.WriteString(alphabet[rng.IntN(len(alphabet))])
		}
	}
	return s.String()
}

// TestSplitPattern compares the scanner with a regular-expression engine that
// has look-ahead.
func TestSplitPattern(t *testing.T) {
	pattern := regexp2.MustCompile(`'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`, regexp2.None)
	rng := rand.New(rand.NewPCG(1, 1))
	for range 20000 {
		text := scrawl(rng)
		var want []string
		match, err := pattern.FindStringMatch(text)
		for ; match != nil && err == nil; match, err = pattern.FindNextMatch(match) {
			want = append(want, match.String())
		}
		require.NoError(t, err)
		require.Equal(t, want, slices.Collect(Split(text)), "%q", text)
	}
}

// TestUnicodeVersion: letters and digits are those of the toolchain's tables. A
// newer toolchain knows more of them, and then nothing is cut otherwise than by
// programs with newer tables.
func TestUnicodeVersion(t *testing.T) {
	t.Logf("Unicode %s", unicode.Version)
	version := func(s string) (v [3]int) {
		_, err := fmt.Sscanf(s, "%d.%d.%d", &v[0], &v[1], &v[2])
		require.NoError(t, err)
		return v
	}
	seen := version(unicode.Version)
	require.GreaterOrEqual(t, seen[0], 15)
	for _, c := range []struct {
		char  rune
		since string
		kind  kind
	}{
		{'a', "1.1.0", letter}, {0x1E4D0, "15.0.0", letter}, {0x1E4F0, "15.0.0", number}, // Nag Mundari
		{0x2EBF0, "15.1.0", letter}, // a Chinese character
		{0x10D4A, "16.0.0", letter}, // Garay
		{0x10D40, "16.0.0", number},
	} {
		since := version(c.since)
		want := symbol
		if slices.Compare(seen[:], since[:]) >= 0 {
			want = c.kind
		}
		require.Equal(t, want, kindOf(c.char), "%U with the tables of Unicode %s", c.char, unicode.Version)
	}
}

// FuzzSplit: joined, the pieces are the text, and none of them is empty or cuts
// a character.
func FuzzSplit(f *testing.F) {
	f.Add("It's 2 o'clock,\n\n  isn't it? \xff")
	f.Add("line one\r\nline two\r\n")
	f.Add("👩‍👩‍👧")
	f.Fuzz(func(t *testing.T, text string) {
		var all strings.Builder
		for piece := range Split(text) {
			require.NotEmpty(t, piece)
			require.Equal(t, utf8.ValidString(text), utf8.ValidString(text) && utf8.ValidString(piece), "%q", piece)
			all.WriteString(piece)
		}
		require.Equal(t, text, all.String())
	})
}
