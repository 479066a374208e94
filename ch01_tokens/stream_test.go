package tokens

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// TestStream feeds single bytes, the hardest case. What each of them completes
// stands between bars; behind the last bar is what Flush returns.
func TestStream(t *testing.T) {
	b, err := TrainBPE("", 257)
	require.NoError(t, err)
	stream := NewStream(b)
	for text, want := range map[string]string{
		"":                         "",
		"ab":                       "a|b|",
		"é好😉":                      "|é|||好||||😉|",
		"a\xc3":                    "a||\xc3",
		"\xf0\x9f\x98":             "|||\xf0\x9f\x98",
		"\xff\x80a":                "\xff|\x80|a|",         // never part of a character
		"\xe4a":                    "|\xe4a|",              // a character that is broken off
		"\xe4\xbd\xe4\xbd":         "||\xe4\xbd||\xe4\xbd", // twice
		"\xed\xa0\x80":             "|\xed\xa0|\x80|",      // half a UTF-16 pair: not UTF-8
		"\xf0\x9f\xf0\x9f\x98\x89": "||\xf0\x9f|||😉|",
	} {
		var got strings.Builder
		for _, id := range b.Encode(text) {
			got.WriteString(stream.Next(id) + "|")
		}
		got.WriteString(stream.Flush())
		require.Equal(t, want, got.String(), "%q", text)
	}
}

// TestStreamPublished: the waving hand is cut in two by GPT-2, behind its third byte.
func TestStreamPublished(t *testing.T) {
	stream := NewStream(gpt2())
	var got []string
	for _, id := range gpt2().Encode("Hi 👋!") {
		got = append(got, stream.Next(id))
	}
	require.Equal(t, []string{"Hi", " ", "👋", "!"}, got)
	require.Empty(t, stream.Flush())
}

// FuzzStream: joined, what a stream returns is the text, no part of a text ends
// inside of a character, and never more than three bytes are kept back.
func FuzzStream(f *testing.F) {
	for _, text := range []string{"é好😉", "a\xc3", "\xf0\x9f\xf0\x9f\x98\x89", "\xed\xa0\x80", "👩‍👩‍👧"} {
		f.Add(text)
	}
	b, err := TrainBPE("", 257)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, text string) {
		stream := NewStream(b)
		printed := ""
		for i, id := range b.Encode(text) {
			part := stream.Next(id)
			require.True(t, utf8.ValidString(part) || !utf8.ValidString(text), "half a character: %q", part)
			printed += part
			require.LessOrEqual(t, i+1-len(printed), 3, "bytes kept back")
		}
		require.Equal(t, text, printed+stream.Flush())
		require.Empty(t, stream.Flush())
	})
}
