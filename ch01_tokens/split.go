package tokens

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
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
	if text[0] == '\'' {
		if n := contractionLen(text); n > 0 {
			return n
		}
	}
	space := 0 // a single space belongs to the run that follows it
	if text[0] == ' ' {
		space = 1
	}
	if first, _ := kindAt(text[space:]); first != white {
		return space + runLen(text[space:], first)
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

// kindOf returns the kind of a character.
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

// asciiKinds is kindOf for the characters of one byte. Asking Unicode each time,
// English is encoded at 8 tenths of the speed (BenchmarkEncode).
var asciiKinds = func() (kinds [utf8.RuneSelf]kind) {
	for c := range kinds {
		kinds[c] = kindOf(rune(c))
	}
	return kinds
}()

// kindAt returns the kind of the first character of text and its length.
func kindAt(text string) (kind, int) {
	if text == "" {
		return white, 0
	}
	if c := text[0]; c < utf8.RuneSelf {
		return asciiKinds[c], 1
	}
	r, n := utf8.DecodeRuneInString(text)
	return kindOf(r), n
}

// runLen returns the length of the characters of kind k that text starts with.
func runLen(text string, k kind) int {
	at := 0
	for at < len(text) {
		next, n := kindAt(text[at:])
		if next != k {
			break
		}
		at += n
	}
	return at
}
