package pretrain

import (
	"io"
	"iter"
	"slices"
	"strings"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
)

// A Tokenizer is what training, sampling and saving ask of one, such as a [tokens.BPE].
type Tokenizer interface {
	tokens.Tokenizer
	EncodeSpecial(text string) []int // with special tokens
	Bytes(id int) []byte
	EndOfText() int                            // the id that a text is taught to end with
	Ends(id int) bool                          // whether a text ends there
	Files() map[string]func(w io.Writer) error // by their names
}

// Text yields the text of ids in pieces, as it comes. It ends where the ids do, at
// an id that ends a text, or before a stop string: the one that is complete first, an
// empty one at once, or the longest of those. A piece is never empty and ends inside
// no character; bytes that are part of no character become U+FFFD.
func Text(t Tokenizer, ids iter.Seq[int], stops ...string) iter.Seq[string] {
	stops = slices.SortedFunc(slices.Values(stops), func(a, b string) int { return len(b) - len(a) })
	return func(yield func(string) bool) {
		stream, held := tokens.NewStream(t), ""
		show := func(piece string) (more bool) {
			text, rest, stopped := cut(held+strings.ToValidUTF8(piece, "\uFFFD"), stops)
			held = rest
			return (text == "" || yield(text)) && !stopped
		}
		for id := range ids {
			if t.Ends(id) {
				break
			}
			if !show(stream.Next(id)) {
				return
			}
		}
		if show(stream.Flush()) && held != "" {
			yield(held)
		}
	}
}

// cut returns the beginning of text that is certain to be shown, whatever comes
// next, and the rest, which may still become a stop string. Where one is complete,
// the text has ended before it. The stop strings come in order, the longest first.
func cut(text string, stops []string) (shown, rest string, stopped bool) {
	for end := range len(text) + 1 {
		for _, stop := range stops {
			if strings.HasSuffix(text[:end], stop) {
				return text[:end-len(stop)], "", true
			}
		}
	}
	for at := range len(text) {
		for _, stop := range stops {
			if strings.HasPrefix(stop, text[at:]) {
				return text[:at], text[at:], false
			}
		}
	}
	return text, "", false
}
