// Package bertfiles reads what stands beside the values of a BERT in the files that
// Hugging Face's libraries keep it in: its configuration, the names of its tensors,
// its vocabulary, and how sentences become vectors. It also knows which characters
// their tokenizer takes for what.
package bertfiles

import (
	"unicode"

	"golang.org/x/text/unicode/rangetable"
)

// known are the characters of Unicode 8, which is what the tokenizers that read
// published vocabularies know of marks and punctuation: younger ones go through.
var known = rangetable.Assigned("8.0.0")

// Removed reports whether a character vanishes from texts: controls and formats, those
// of private use, and U+FFFD, which stands for what was no text.
func Removed(r rune) bool {
	switch r {
	case '\t', '\n', '\r':
		return false
	case 0xFFFD:
		return true
	}
	return unicode.Is(unicode.Co, r) || unicode.In(r, unicode.Cc, unicode.Cf) && unicode.Is(known, r)
}

// Chinese reports whether a character gets blanks around it. The block that begins at
// U+2B820 does so here only from U+2B920 on: a slip of theirs, now law.
func Chinese(r rune) bool {
	for _, block := range [...][2]rune{
		{0x4E00, 0x9FFF}, {0x3400, 0x4DBF}, {0x20000, 0x2A6DF}, {0x2A700, 0x2B73F}, {0x2B740, 0x2B81F},
		{0x2B920, 0x2CEAF}, {0xF900, 0xFAFF}, {0x2F800, 0x2FA1F},
	} {
		if block[0] <= r && r <= block[1] {
			return true
		}
	}
	return false
}

// Mark reports whether a character is an accent or another mark that takes no place of
// its own. Those named one by one are what Unicode has since put elsewhere.
func Mark(r rune) bool {
	switch r {
	case 0x1734:
		return true
	case 0x1885, 0x1886, 0xA9BD, 0x111C9:
		return false
	}
	return unicode.Is(unicode.Mn, r) && unicode.Is(known, r)
}

// Punctuation reports whether a character is a word of its own: signs such as $ and +,
// too, if they are ASCII.
func Punctuation(r rune) bool {
	if r < unicode.MaxASCII {
		return unicode.IsPunct(r) || unicode.IsSymbol(r)
	}
	return r == 0x166D || r == 0x111C9 || unicode.IsPunct(r) && unicode.Is(known, r)
}

// Decomposes reports whether a character may be taken apart into its letter and marks:
// all but one, younger than the tables there.
func Decomposes(r rune) bool { return r != 0x11938 }
