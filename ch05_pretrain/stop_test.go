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

// before is a Stopper's plain twin: it has the whole text. It looks for the stop
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

// stopped feeds pieces to a Stopper. What comes out must never be taken back.
func stopped(t *testing.T, pieces []string, stops []string) (string, bool) {
	t.Helper()
	s := pretrain.NewStopper(stops...)
	var shown strings.Builder
	for _, piece := range pieces {
		text, stop := s.Next(piece)
		shown.WriteString(text)
		if stop {
			require.Empty(t, s.Flush(), "what comes after a stop string is gone")
			return shown.String(), true
		}
	}
	return shown.String() + s.Flush(), false
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

func TestStopperWhateverThePieces(t *testing.T) {
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
			got, stop := stopped(t, pieces, c.stops)
			require.Equal(t, c.want, got, "%q, stops %q", pieces, c.stops)
			require.Equal(t, c.stop, stop, "%q, stops %q", pieces, c.stops)
		})
		want, stop := before(c.text, c.stops)
		require.Equal(t, c.want, want, "the twin")
		require.Equal(t, c.stop, stop, "the twin")
	}
}

// Texts of two letters are full of strings that nearly match.
func TestStopperIsIndex(t *testing.T) {
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
			got, stop := stopped(t, pieces, stops)
			require.Equal(t, want, got, "%q, stops %q", pieces, stops)
			require.Equal(t, wantStop, stop, "%q, stops %q", pieces, stops)
		})
	}
}

// No more is kept back than has to be: text that cannot become a stop string any
// more is shown at once.
func TestStopperKeepsBackNoMoreThanItMust(t *testing.T) {
	s := pretrain.NewStopper("###", "\n\n")
	var shown []string
	for _, piece := range []string{"a", "\n", "b#", "#", "c", "#"} {
		text, stop := s.Next(piece)
		require.False(t, stop)
		shown = append(shown, text)
	}
	require.Equal(t, []string{"a", "", "\nb", "", "##c", ""}, shown)
	require.Equal(t, "#", s.Flush())
	text, stop := s.Next("##") // a new text
	require.Empty(t, text)
	require.False(t, stop)
}

func TestNewStopperMisuse(t *testing.T) {
	require.PanicsWithValue(t, "pretrain: a stop string is empty", func() { pretrain.NewStopper("a", "") })
	stops := []string{"a"}
	s := pretrain.NewStopper(stops...)
	stops[0] = "b"
	_, stop := s.Next("a")
	require.True(t, stop, "the caller may use its slice for something else")
}

// Whatever the text, the stop strings and the pieces, the Stopper ends the text
// where one that has all of it would.
func FuzzStopper(f *testing.F) {
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
		got, stop := stopped(t, pieces, stops)
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
