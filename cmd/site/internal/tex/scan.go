package tex

import (
	"regexp"
	"strings"
)

// A token is a command such as \frac, a run of digits, or one character.
// Spaces are not tokens; where one matters (\text), the parser reads raw text.
type token struct {
	text     string
	from, to int // where it stands in the source
}

func (t token) command() bool { return strings.HasPrefix(t.text, `\`) }

type scanned struct {
	src  string
	list []token
}

// The first two are commands, \frac and those of one sign; digits may have a point
// between them.
var tokens = regexp.MustCompile(`\\[A-Za-z]+|(?s:\\.?)|[0-9]+(?:\.[0-9]+)*|[^\s\v\x{85}\p{Z}]`)

func scan(src string) scanned {
	s := scanned{src: src}
	for _, at := range tokens.FindAllStringIndex(src, -1) {
		s.list = append(s.list, token{src[at[0]:at[1]], at[0], at[1]})
	}
	return s
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }
