package wordpiece

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/llm-from-scratch/llm/internal/bertfiles"
)

// Normalizer says what is made plain in a text before it is cut.
type Normalizer struct {
	Lower   bool // letters become lower case
	Strip   bool // accents are taken off
	Chinese bool // Chinese characters get blanks around them
	Clean   bool // controls are taken out, and all white space becomes a blank
}

// Uncased is how most BERTs read: without case and accents.
var Uncased = Normalizer{Lower: true, Strip: true, Chinese: true, Clean: true}

// Normalize returns the plain text, one character after another in the order
// that the published models were trained with: drop what cannot be seen, set Chinese
// characters apart, take letters and accents apart, drop the accents, lower the case.
func (n Normalizer) Normalize(text string) string {
	var out strings.Builder
	out.Grow(len(text))
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf && r >= ' ' && r < unicode.MaxASCII: // nothing but case can change
			out.WriteRune(n.lower(r))
		case n.Clean && bertfiles.Removed(r):
		case n.Clean && unicode.IsSpace(r):
			out.WriteByte(' ')
		case n.Chinese && bertfiles.Chinese(r):
			out.WriteByte(' ')
			n.plain(&out, r)
			out.WriteByte(' ')
		default:
			n.plain(&out, r)
		}
	}
	return out.String()
}

// plain writes a character without its accents and its case. Taken apart by Unicode's
// NFD, é is e and an accent.
func (n Normalizer) plain(out *strings.Builder, r rune) {
	if !n.Strip {
		if n.Lower && r == 'İ' {
			out.WriteString("i\u0307") // the one letter whose lower case is two characters
			return
		}
		out.WriteRune(n.lower(r))
		return
	}
	apart := string(r)
	if bertfiles.Decomposes(r) {
		apart = norm.NFD.String(apart)
	}
	for _, r := range apart {
		if !bertfiles.Mark(r) {
			out.WriteRune(n.lower(r))
		}
	}
}

func (n Normalizer) lower(r rune) rune {
	if n.Lower {
		return unicode.ToLower(r)
	}
	return r
}

// Words cuts a plain text at white space, which goes, and around punctuation, each
// mark of which is a word of its own.
func Words(text string) []string {
	var words []string
	begin := 0
	end := func(at int) {
		if at > begin {
			words = append(words, text[begin:at])
		}
	}
	for at, r := range text {
		size := utf8.RuneLen(r)
		switch {
		case unicode.IsSpace(r):
			end(at)
			begin = at + size
		case bertfiles.Punctuation(r):
			end(at)
			begin = at
			end(at + size)
			begin = at + size
		}
	}
	end(len(text))
	return words
}
