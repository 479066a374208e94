package chat

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/dlclark/regexp2/v2"
	"github.com/stretchr/testify/require"
)

// alphabet holds what the patterns could stumble over, several times where it should
// be frequent.
var alphabet = []string{" ", " ", "  ", "\n", "\t", "\r\n", "\r", "'", "'s", "'S", "'ll", "'LL", "'rE", "'ſ", "s", "a", "the", "The", "ing",
	"0", "42", "1234567", "½", "٣", "!", "?!", "--", "#", "<|", "|>", "<|im_end|>", "<|endoftext|>", "é", "e\u0301", "ß", "Å", "你", "好", "안녕", "😉", "👩‍👩‍👧",
	"\u00a0", "\u0085", "\u200b", "\u2028", "\u3000", "\ufeff", "\u180e", "\x00", "\x1c", "\x04", "\ufffd"}

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

// matches are those of a pattern, by an engine that has look-ahead.
func matches(t *testing.T, pattern *regexp2.Regexp, text string) (pieces []string) {
	match, err := pattern.FindStringMatch(text)
	for ; match != nil && err == nil; match, err = pattern.FindNextMatch(match) {
		pieces = append(pieces, match.String())
	}
	require.NoError(t, err)
	return pieces
}

func TestSplitPattern(t *testing.T) {
	const before, after = `'(?:[sStTmMdDſ]|[lL]{2}|[vV][eE]|[rR][eE])|[^\r\n\p{L}\p{N}]?\p{L}+|`, `| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	qwen := regexp2.MustCompile(before+`\p{N}`+after, regexp2.None)
	llama := regexp2.MustCompile(before+`\p{N}{1,3}`+after, regexp2.None)
	digit := regexp2.MustCompile(`\p{N}|\P{N}+`, regexp2.None)
	gpt2 := regexp2.MustCompile(`'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`, regexp2.None)
	rng := rand.New(rand.NewPCG(1, 1))
	for range 20000 {
		text := scrawl(rng)
		require.Equal(t, matches(t, qwen, text), slices.Collect(Split(text, 1)), "%q", text)
		require.Equal(t, matches(t, llama, text), slices.Collect(Split(text, 3)), "%q", text)
		var want []string
		for _, part := range matches(t, digit, text) {
			want = append(want, matches(t, gpt2, part)...)
		}
		require.Equal(t, want, slices.Collect(DigitsApart(text)), "%q", text)
	}
}

// TestSplitStops checks that a loop over pieces may be left early.
func TestSplitStops(t *testing.T) {
	for range Split("one 2", 1) {
		break
	}
	for _, text := range []string{"one 2", "1 2"} {
		for range DigitsApart(text) {
			break
		}
	}
}

// FuzzSplit: joined, the pieces are the text, and none is empty.
func FuzzSplit(f *testing.F) {
	f.Add("It's 2 o'clock,\r\n\n  isn't it? \xff'\xc5")
	f.Fuzz(func(t *testing.T, text string) {
		for _, pieces := range [][]string{slices.Collect(Split(text, 1)), slices.Collect(Split(text, 3)), slices.Collect(DigitsApart(text))} {
			require.NotContains(t, pieces, "")
			require.Equal(t, text, strings.Join(pieces, ""))
		}
	})
}
