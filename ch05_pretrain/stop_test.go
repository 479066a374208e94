package pretrain_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// before is cut's plain twin: it has the whole text. It looks for the stop
// string that ends first, and of those for the longest.
func before(text string, stops []string) (string, bool) {
	for end := range len(text) + 1 {
		longest := 0
		for _, stop := range stops {
			if strings.HasSuffix(text[:end], stop) {
				longest = max(longest, len(stop))
			}
		}
		if longest > 0 {
			return text[:end-longest], true
		}
	}
	return text, false
}

// stopped feeds pieces to cut, as Text does. What is shown is never taken back.
func stopped(pieces []string, stops []string) (string, bool) {
	stops = slices.SortedFunc(slices.Values(stops), func(a, b string) int { return len(b) - len(a) })
	var all, held string
	for _, piece := range pieces {
		text, rest, stop := pretrain.Cut(held+piece, stops)
		all, held = all+text, rest
		if stop {
			return all, true
		}
	}
	return all + held, false
}

// splits yields all ways to cut text into pieces, some of them empty.
func splits(text string, yield func(pieces []string)) {
	for cuts := range 1 << max(0, len(text)-1) {
		pieces, from := []string{""}, 0
		for at := 1; at < len(text); at++ {
			if cuts>>(at-1)&1 == 1 {
				pieces = append(pieces, text[from:at])
				from = at
			}
		}
		yield(append(pieces, text[from:], ""))
	}
}

func TestStopsWhateverThePieces(t *testing.T) {
	for _, c := range []struct {
		text  string
		stops []string
		want  string
		stop  bool
	}{
		{"", []string{"a"}, "", false},
		{"abc", nil, "abc", false},
		{"abc", []string{"abc"}, "", true},
		{"xabcx", []string{"abc"}, "x", true},
		{"xab", []string{"abc"}, "xab", false},
		{"aaab", []string{"aab"}, "a", true},
		{"ababac", []string{"abac"}, "ab", true},
		{"one\n\ntwo", []string{"\n\n"}, "one", true},
		{"one\ntwo", []string{"\n\n"}, "one\ntwo", false},
		{"xabcd", []string{"abcd", "bc"}, "xa", true}, // bc is complete first
		{"xabcd", []string{"bcd", "abcd"}, "x", true}, // both end here, one is longer
		{"é光é", []string{"光"}, "é", true},             // in the middle of characters too
		{"aXbY", []string{"Y", "X", "long one"}, "a", true},
	} {
		splits(c.text, func(pieces []string) {
			got, stop := stopped(pieces, c.stops)
			require.Equal(t, c.want, got, "%q, stops %q", pieces, c.stops)
			require.Equal(t, c.stop, stop, "%q, stops %q", pieces, c.stops)
		})
		want, stop := before(c.text, c.stops)
		require.Equal(t, c.want, want, "the twin")
		require.Equal(t, c.stop, stop, "the twin")
	}
}

// Texts of two letters are full of strings that nearly match.
func TestCutIsIndex(t *testing.T) {
	rng := rand.New(rand.NewPCG(19, 20))
	letters := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = "ab"[rng.IntN(2)]
		}
		return string(b)
	}
	for range 300 {
		text := letters(rng.IntN(10))
		var stops []string
		for range rng.IntN(3) {
			stops = append(stops, letters(1+rng.IntN(5)))
		}
		want, wantStop := before(text, stops)
		if len(stops) == 1 {
			at := strings.Index(text, stops[0])
			require.Equal(t, at >= 0, wantStop)
			if at >= 0 {
				require.Equal(t, text[:at], want)
			}
		}
		splits(text, func(pieces []string) {
			got, stop := stopped(pieces, stops)
			require.Equal(t, want, got, "%q, stops %q", pieces, stops)
			require.Equal(t, wantStop, stop, "%q, stops %q", pieces, stops)
		})
	}
}

// No more is kept back than has to be: text that cannot become a stop string any
// more is shown at once.
func TestNoMoreIsKeptBackThanMustBe(t *testing.T) {
	stops := []string{"###", "\n\n"}
	var shown []string
	held := ""
	for _, piece := range []string{"a", "\n", "b#", "#", "c", "#"} {
		text, rest, stop := pretrain.Cut(held+piece, stops)
		require.False(t, stop)
		shown, held = append(shown, text), rest
	}
	require.Equal(t, []string{"a", "", "\nb", "", "##c", ""}, shown)
	require.Equal(t, "#", held)
}

func TestEmptyStop(t *testing.T) {
	bpe, err := tokens.TrainBPE("light", 257)
	require.NoError(t, err)
	require.Empty(t, slices.Collect(pretrain.Text(bpe, slices.Values(bpe.Encode("light")), "a", "")))
}

// Whatever the text, the stop strings and the pieces, cut ends the text
// where one that has all of it would.
func FuzzStop(f *testing.F) {
	f.Add("a prism #1 bends light.\n### Question", "###", "Question:", uint64(1))
	f.Add("aaab", "aab", "", uint64(2))
	f.Add("é光é\xff\x00", "光", "\xff", uint64(3))
	f.Add(strings.Repeat("ab", 40), strings.Repeat("ab", 20)+"c", "ba", uint64(4))
	f.Add("one\r\n\r\ntwo", "\r\n\r\n", "\n", uint64(5))
	f.Fuzz(func(t *testing.T, text, a, b string, seed uint64) {
		if len(text) > 200 || len(a) > 200 || len(b) > 200 {
			return // the twin is slow
		}
		var stops []string
		for _, stop := range []string{a, b} {
			if stop != "" {
				stops = append(stops, stop)
			}
		}
		rng := rand.New(rand.NewPCG(seed, 0))
		var pieces []string
		for rest := text; rest != ""; {
			n := rng.IntN(min(len(rest), 9) + 1)
			pieces, rest = append(pieces, rest[:n]), rest[n:]
		}
		want, wantStop := before(text, stops)
		got, stop := stopped(pieces, stops)
		require.Equal(t, want, got, "%q, stops %q", pieces, stops)
		require.Equal(t, wantStop, stop)
	})
}

// Text ends at the id that ends it or before a stop string, in whole characters.
func TestText(t *testing.T) {
	bpe, err := tokens.TrainBPE("light 光 light", 260)
	require.NoError(t, err)
	for _, c := range []struct {
		text, stop, want string
	}{
		{"light 光 ray", "", "light 光 ray"},
		{"light 光 ray", "光", "light "},
		{"light\xff\xfe ray", "", "light\uFFFD ray"},
		{"light 光"[:8], "", "light \uFFFD"},
		{"light#", "##", "light#"},
	} {
		var stops []string
		if c.stop != "" {
			stops = append(stops, c.stop)
		}
		ids := append(bpe.Encode(c.text), bpe.EndOfText())
		var whole strings.Builder
		for piece := range pretrain.Text(bpe, slices.Values(append(ids, bpe.Encode("more")...)), stops...) {
			require.NotEmpty(t, piece)
			require.True(t, utf8.ValidString(piece), "%q", piece)
			whole.WriteString(piece)
		}
		require.Equal(t, c.want, strings.ReplaceAll(whole.String(), "\uFFFD\uFFFD", "\uFFFD"))
		for range pretrain.Text(bpe, slices.Values(ids), stops...) {
			break // is fine
		}
	}
}
