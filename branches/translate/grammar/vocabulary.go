package grammar

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The first ids of every vocabulary. Behind them stand the directions.
const (
	Pad     = iota // fills a short text of a batch up
	Begin          // what the decoder reads before the first piece
	End            // ends every source and target
	Unknown        // a character that no training text had
)

// A Vocabulary gives every piece of a text an id.
type Vocabulary struct {
	pieces []string // by id
	ids    map[string]int
}

// NewVocabulary has the special tokens, a token for each direction of pairs, and the
// size pieces that are most frequent in them. For pieces that occur once or find no
// room it has their characters, so that such a word can be spelled.
func NewVocabulary(pairs []Pair, size int) *Vocabulary {
	special := []string{"<pad>", "<begin>", "<end>", "<unknown>"}
	counts := map[string]int{}
	for _, p := range pairs {
		if to := token(p.Direction); !slices.Contains(special, to) {
			special = append(special, to)
		}
		for _, piece := range slices.Concat(split(p.Source), split(p.Target)) {
			counts[piece]++
		}
	}
	slices.Sort(special[Unknown+1:])
	all := frequent(counts)
	kept := min(size, len(all))
	for kept > 0 && counts[all[kept-1]] == 1 {
		kept--
	}
	letters := map[string]int{}
	for _, piece := range all[kept:] {
		for _, r := range piece {
			letters[string(r)]++
		}
	}
	return VocabularyOf(slices.Concat(special, all[:kept], frequent(letters)))
}

// frequent sorts the keys, the most frequent first, and equally frequent ones by name.
func frequent(counts map[string]int) []string {
	return slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(counts[b]-counts[a], strings.Compare(a, b))
	})
}

// VocabularyOf gives ids to pieces in their order: it makes the vocabulary again whose
// [Vocabulary.Pieces] were kept.
func VocabularyOf(pieces []string) *Vocabulary {
	v := &Vocabulary{ids: make(map[string]int, len(pieces))}
	for _, piece := range pieces {
		if _, ok := v.ids[piece]; !ok {
			v.ids[piece] = len(v.pieces)
			v.pieces = append(v.pieces, piece)
		}
	}
	return v
}

// Pieces are all pieces by their ids.
func (v *Vocabulary) Pieces() []string { return v.pieces }

// Size is the number of pieces.
func (v *Vocabulary) Size() int { return len(v.pieces) }

// Toward is the id of the token that stands before a source and says into which
// language to translate, or [Unknown].
func (v *Vocabulary) Toward(direction string) int { return v.id(token(direction)) }

func token(direction string) string { return "<to " + direction + ">" }

func (v *Vocabulary) id(piece string) int {
	if id, ok := v.ids[piece]; ok {
		return id
	}
	return Unknown
}

// Encode returns the ids of a text, without special tokens. A piece that the vocabulary
// does not have is spelled.
func (v *Vocabulary) Encode(text string) []int {
	var ids []int
	for _, piece := range split(text) {
		ids = append(ids, v.spell(piece)...)
	}
	return ids
}

func (v *Vocabulary) spell(piece string) []int {
	if id := v.id(piece); id != Unknown {
		return []int{id}
	}
	var ids []int
	for _, r := range piece {
		ids = append(ids, v.id(string(r)))
	}
	return ids
}

// Missing are the pieces of a text that cannot even be spelled.
func (v *Vocabulary) Missing(text string) []string {
	return slices.DeleteFunc(split(text), func(piece string) bool { return !slices.Contains(v.spell(piece), Unknown) })
}

// Decode is the text of ids, up to the first [End]. Of special tokens only [Unknown] is seen.
func (v *Vocabulary) Decode(ids []int) string {
	var text strings.Builder
	for _, id := range ids {
		switch piece := v.pieces[id]; {
		case id == End:
			return strings.TrimPrefix(text.String(), " ")
		case id == Unknown:
			text.WriteRune(unicode.ReplacementChar)
		case id > Unknown && !strings.HasPrefix(piece, "<to "):
			text.WriteString(piece)
		}
	}
	return strings.TrimPrefix(text.String(), " ")
}

// split cuts a text: a piece is a run of letters with the space, the hyphen or the
// apostrophe before it, or else one character. Chinese and Japanese, which put no
// spaces, are cut into characters. A word at the start gets the space that it has
// elsewhere, so that it is the same piece.
func split(text string) []string {
	text = strings.Join(strings.Fields(text), " ")
	if first, _ := utf8.DecodeRuneInString(text); text != "" && !single(first) {
		text = " " + text
	}
	var pieces []string
	for len(text) > 0 {
		n := pieceLen(text)
		pieces, text = append(pieces, text[:n]), text[n:]
	}
	return pieces
}

func pieceLen(text string) int {
	n := 0
	if strings.ContainsRune(" -'’", rune(text[0])) && len(text) > 1 {
		if next, _ := utf8.DecodeRuneInString(text[1:]); letter(next) || text[0] == ' ' && !single(next) {
			n = 1
		}
	}
	first, size := utf8.DecodeRuneInString(text[n:])
	if n += size; !letter(first) {
		return n
	}
	for _, r := range text[n:] {
		if !letter(r) {
			break
		}
		n += utf8.RuneLen(r)
	}
	return n
}

func letter(r rune) bool { return (unicode.IsLetter(r) || unicode.IsMark(r)) && !single(r) }

// single reports a character of a script without spaces.
func single(r rune) bool { return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) }
