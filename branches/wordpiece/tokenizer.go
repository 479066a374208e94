package wordpiece

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// The pieces that are no text, under the names that they have in every vocabulary.
const (
	Pad       = "[PAD]"  // fills the rows of a batch
	Unknown   = "[UNK]"  // a word that the vocabulary cannot spell
	Class     = "[CLS]"  // opens every input: what is read off there speaks for all of it
	Separator = "[SEP]"  // ends a text
	Mask      = "[MASK]" // a word to be guessed
)

// goesOn stands before a piece that does not begin a word.
const goesOn = "##"

// longest is how many characters a word may have that is looked up at all.
const longest = 100

// Tokenizer cuts text into the pieces of a vocabulary. Any number of goroutines may
// use one.
type Tokenizer struct {
	Normalizer Normalizer
	pieces     []string       // by their ids
	first      map[string]int // ids of the pieces that begin a word
	rest       map[string]int // and of those that go on, without their ##
	special    []string       // cut out of a text before anything else
	most       int            // bytes of the longest piece
	longest    int            // characters of a word that is looked up
}

const badVocabulary = "wordpiece: a vocabulary needs [PAD], [UNK], [CLS], [SEP] and [MASK]"

// New returns a tokenizer for pieces, whose ids are their places. The five special
// pieces have to be among them.
func New(pieces []string, n Normalizer) *Tokenizer {
	t := &Tokenizer{
		Normalizer: n, pieces: pieces, first: map[string]int{}, rest: map[string]int{},
		special: []string{Pad, Unknown, Class, Separator, Mask}, longest: longest,
	}
	for id, piece := range pieces {
		if tail, ok := strings.CutPrefix(piece, goesOn); ok {
			t.rest[tail] = id
		}
		t.first[piece] = id // "##ing" as a text begins with the sign #, which is a word
		t.most = max(t.most, len(piece))
	}
	for _, special := range t.special {
		if _, ok := t.first[special]; !ok {
			panic(badVocabulary)
		}
	}
	return t
}

// Vocab is the number of pieces.
func (t *Tokenizer) Vocab() int { return len(t.pieces) }

// ID is the id of a piece, or of [Unknown].
func (t *Tokenizer) ID(piece string) int {
	if id, ok := t.first[piece]; ok {
		return id
	}
	return t.first[Unknown]
}

// Piece is the piece of an id.
func (t *Tokenizer) Piece(id int) string { return t.pieces[id] }

// Special reports whether an id is that of a special piece, which no word makes.
func (t *Tokenizer) Special(id int) bool { return slices.Contains(t.special, t.pieces[id]) }

// Word appends the pieces of a word: the longest that it begins with, then the longest
// that what is left begins with, and so on. Where no piece fits, the whole word
// is unknown, and so is a word of more than 100 characters.
func (t *Tokenizer) Word(ids []int, word string) []int {
	begin, table := len(ids), t.first
	if utf8.RuneCountInString(word) > t.longest {
		return append(ids, t.first[Unknown])
	}
	for len(word) > 0 {
		n := min(len(word), t.most)
		id, ok := table[word[:n]]
		for ; !ok && n > 1; id, ok = table[word[:n]] {
			n--
		}
		if !ok {
			return append(ids[:begin], t.first[Unknown])
		}
		ids, word, table = append(ids, id), word[n:], t.rest
	}
	return ids
}

// Encode returns the ids of a text. Where a special piece is written out, such as
// [MASK], it is that piece.
func (t *Tokenizer) Encode(text string) (ids []int) {
	for text != "" {
		at, piece := t.nextSpecial(text)
		for _, word := range Words(t.Normalizer.Normalize(text[:at])) {
			ids = t.Word(ids, word)
		}
		if piece != "" {
			ids = append(ids, t.first[piece])
		}
		text = text[at+len(piece):]
	}
	return ids
}

// nextSpecial finds the first special piece of a text, or its end.
func (t *Tokenizer) nextSpecial(text string) (at int, piece string) {
	at = len(text)
	for _, special := range t.special {
		if i := strings.Index(text[:at], special); i >= 0 {
			at, piece = i, special
		}
	}
	return at, piece
}

// Decode returns the text of ids, as far as it was kept: words with a blank between
// them, and none before a mark that ends something.
func (t *Tokenizer) Decode(ids []int) string {
	var out strings.Builder
	for _, id := range ids {
		piece, inside := strings.CutPrefix(t.pieces[id], goesOn)
		if !inside && out.Len() > 0 && !slices.Contains([]string{".", ",", ";", ":", "?", "!", ")"}, piece) {
			out.WriteByte(' ')
		}
		out.WriteString(piece)
	}
	return out.String()
}
