package tokens

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Runes is a tokenizer whose tokens are the characters (Go's runes) of one
// text. Unlike [Words] it keeps white space and can spell words that it has
// never seen, from a vocabulary of a few dozen tokens for an alphabet.
type Runes struct {
	runes []rune       // by id
	ids   map[rune]int // from a token to its id
}

// NewRunes numbers the different characters of text in sorted order. The last
// id is that of U+FFFD, the replacement character '�', which stands for
// every character that text lacks and for bytes that are no character.
func NewRunes(text string) *Runes {
	runes := slices.DeleteFunc([]rune(text), func(c rune) bool { return c == utf8.RuneError })
	slices.Sort(runes)
	runes = append(slices.Compact(runes), utf8.RuneError)
	r := &Runes{runes: runes, ids: make(map[rune]int, len(runes))}
	for id, c := range runes {
		r.ids[c] = id
	}
	return r
}

// Vocab returns the number of different tokens.
func (r *Runes) Vocab() int { return len(r.runes) }

// Encode returns an id for each character of text.
func (r *Runes) Encode(text string) []int {
	ids := make([]int, 0, len(text))
	for _, c := range text {
		id, ok := r.ids[c]
		if !ok {
			id = r.ids[utf8.RuneError]
		}
		ids = append(ids, id)
	}
	return ids
}

// Decode joins the characters. One that was unknown comes back as U+FFFD.
func (r *Runes) Decode(ids []int) string {
	var text strings.Builder
	for _, id := range ids {
		if id < 0 || id >= len(r.runes) {
			panic(badID)
		}
		text.WriteRune(r.runes[id])
	}
	return text.String()
}
