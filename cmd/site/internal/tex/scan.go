package tex

import (
	"strings"
	"unicode"
)

// A token is a command such as \frac, a run of digits, or one character.
// Spaces are not tokens; where one matters (\text), the parser reads raw text.
type token struct {
	text     string
	from, to int // where it stands in the source
}

func (t token) command() bool { return strings.HasPrefix(t.text, `\`) }

type scanned struct {
	src  []rune
	list []token
}

func scan(src string) scanned {
	s := scanned{src: []rune(src)}
	for i := 0; i < len(s.src); {
		from := i
		switch r := s.src[i]; {
		case unicode.IsSpace(r):
			i++
			continue
		case r == '\\':
			i++
			for i < len(s.src) && isLetter(s.src[i]) {
				i++
			}
			if i == from+1 && i < len(s.src) {
				i++ // \, \\ \{ and the like
			}
		case isDigit(r):
			for i < len(s.src) && (isDigit(s.src[i]) || s.decimal(i)) {
				i++
			}
		default:
			i++
		}
		s.list = append(s.list, token{string(s.src[from:i]), from, i})
	}
	return s
}

// decimal reports whether there is a point between digits at i, as in 0.5.
func (s scanned) decimal(i int) bool {
	return s.src[i] == '.' && i+1 < len(s.src) && isDigit(s.src[i-1]) && isDigit(s.src[i+1])
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

func isDigit(r rune) bool { return r >= '0' && r <= '9' }
