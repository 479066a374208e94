package tokens

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/llm-from-scratch/llm/internal/bpe"
)

// Split yields the pieces into which GPT-2 cuts a text before it merges bytes.
// Joined, the pieces are text again, byte for byte. They are the successive
// matches of
//
//	'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
//
// which Go's package regexp cannot run: it has no look-ahead, (?!\S), because
// it promises linear time. This scanner keeps the promise by hand. A byte that
// is no part of a character counts as a symbol.
func Split(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for len(text) > 0 {
			n := pieceLen(text)
			if !yield(text[:n]) {
				return
			}
			text = text[n:]
		}
	}
}

// pieceLen returns how many bytes the first piece of a non-empty text takes.
func pieceLen(text string) int {
	if n := contractionLen(text); n > 0 {
		return n
	}
	rest := strings.TrimPrefix(text, " ") // a single space belongs to the run that follows it
	if first, n := utf8.DecodeRuneInString(rest); n > 0 && !unicode.IsSpace(first) {
		return len(text) - len(rest) + runLen(rest, kinds.Of(first))
	}
	n := runLen(text, white)
	if n == len(text) {
		return n
	}
	// Something follows the white space. Its last character is left behind: if
	// it is a space, it belongs to the next piece, else it is a piece of its own.
	if _, last := utf8.DecodeLastRuneInString(text[:n]); n > last {
		return n - last
	}
	return n
}

// contractionLen returns the length of the 's, 't, 'll ... at the start of
// text, 0 if there is none.
func contractionLen(text string) int {
	if text[0] != '\'' {
		return 0
	}
	for _, c := range [...]string{"'s", "'d", "'m", "'t", "'ll", "'ve", "'re"} {
		if strings.HasPrefix(text, c) {
			return len(c)
		}
	}
	return 0
}

// A kind is what the split pattern tells apart: \s, \p{L}, \p{N} and the rest.
type kind byte

const (
	white kind = iota // also the end of the text
	letter
	number
	symbol
)

func kindOf(r rune) kind {
	switch {
	case unicode.IsLetter(r):
		return letter
	case unicode.IsSpace(r):
		return white
	case unicode.IsNumber(r):
		return number
	}
	return symbol
}

// kinds is kindOf, asked only once about a character of ASCII.
var kinds = bpe.RememberASCII(kindOf)

// runLen returns the length of the characters of kind k that text starts with.
func runLen(text string, k kind) int {
	for at, r := range text {
		if kinds.Of(r) != k {
			return at
		}
	}
	return len(text)
}
