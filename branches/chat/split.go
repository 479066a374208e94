package chat

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
	"github.com/llm-from-scratch/llm/internal/bpe"
)

// DigitsApart yields the pieces of SmolLM2: each digit is a piece, and the texts
// between them are cut as GPT-2's [tokens.Split] does, as if each were alone.
func DigitsApart(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for text != "" {
			n := strings.IndexFunc(text, unicode.IsNumber)
			if n < 0 {
				n = len(text)
			}
			for piece := range tokens.Split(text[:n]) {
				if !yield(piece) {
					return
				}
			}
			if text = text[n:]; text == "" {
				return
			}
			_, n = utf8.DecodeRuneInString(text)
			if !yield(text[:n]) {
				return
			}
			text = text[n:]
		}
	}
}

// Split yields the pieces of Qwen2, with 1 digit at most in one, and of Llama 3, with
// 3. They are the successive matches of
//
//	(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
func Split(text string, digits int) iter.Seq[string] {
	return func(yield func(string) bool) {
		for text != "" {
			n := pieceLen(text, digits)
			if !yield(text[:n]) {
				return
			}
			text = text[n:]
		}
	}
}

// pieceLen returns how many bytes the first piece of a non-empty text takes: that of
// the first of the pattern's alternatives that matches.
func pieceLen(text string, digits int) int {
	if n := contractionLen(text); n > 0 {
		return n
	}
	first, size := utf8.DecodeRuneInString(text)
	kind := kinds.Of(first)
	if kind == number {
		return runLen(text, number, digits)
	}
	if kind == letter {
		return runLen(text, letter, len(text))
	}
	if first != '\r' && first != '\n' {
		if n := runLen(text[size:], letter, len(text)); n > 0 {
			return size + n // a word takes along what stands before it, one character
		}
	}
	rest := strings.TrimPrefix(text, " ")
	if n := runLen(rest, symbol, len(text)); n > 0 {
		n += len(text) - len(rest)
		return n + len(text[n:]) - len(strings.TrimLeft(text[n:], "\r\n"))
	}
	return whiteLen(text)
}

// whiteLen is the length of the piece that white space begins: all to the last line
// end, or else all but the last character if something follows.
func whiteLen(text string) int {
	n := runLen(text, white, len(text))
	if end := strings.LastIndexAny(text[:n], "\r\n"); end >= 0 {
		return end + 1
	}
	if _, last := utf8.DecodeLastRuneInString(text[:n]); n < len(text) && n > last {
		return n - last
	}
	return n
}

// contractionLen returns the length of the 's, 'T, 'll ... at the start of text, 0 if
// there is none. The long s of old prints is an s, too.
func contractionLen(text string) int {
	if text[0] != '\'' {
		return 0
	}
	for _, c := range [...]string{"s", "ſ", "d", "m", "t", "ll", "ve", "re"} {
		if n := 1 + len(c); len(text) >= n && strings.EqualFold(text[1:n], c) {
			return n
		}
	}
	return 0
}

// A kind is what the pattern tells apart: \s, \p{L}, \p{N} and the rest.
type kind byte

const (
	white kind = iota
	letter
	number
	symbol
)

// kinds is remembered for the characters of ASCII.
var kinds = bpe.RememberASCII(func(r rune) kind {
	switch {
	case unicode.IsLetter(r):
		return letter
	case unicode.IsSpace(r):
		return white
	case unicode.IsNumber(r):
		return number
	}
	return symbol
})

// runLen returns the length of the characters of kind k that text starts with, no
// more than most of them.
func runLen(text string, k kind, most int) int {
	for at, r := range text {
		if kinds.Of(r) != k || most == 0 {
			return at
		}
		most--
	}
	return len(text)
}
