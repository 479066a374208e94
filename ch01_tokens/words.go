package tokens

import (
	"regexp"
	"slices"
	"strings"
)

// separator matches what stands between words: a punctuation mark, two dashes,
// or a white space of any script.
var separator = regexp.MustCompile(`[,.:;?_!"()']|--|[\s\v\x{85}\p{Z}]`)

// SplitWords cuts text into words and punctuation marks and drops the white
// space.
func SplitWords(text string) []string {
	var words []string
	keep := func(s string) {
		if s = strings.TrimSpace(s); s != "" {
			words = append(words, s)
		}
	}
	end := 0
	for _, at := range separator.FindAllStringIndex(text, -1) {
		keep(text[end:at[0]])
		keep(text[at[0]:at[1]])
		end = at[1]
	}
	keep(text[end:])
	return words
}

// Unknown is the text of the token that stands for every word outside a
// [Words] vocabulary.
const Unknown = "<|unk|>"

// Words is a tokenizer whose tokens are the words of one text.
type Words struct {
	words []string       // by id
	ids   map[string]int // from a token to its id
}

// NewWords numbers the different words of text in sorted order; [EndOfText]
// and [Unknown] come last.
func NewWords(text string) *Words {
	words := slices.DeleteFunc(SplitWords(text), func(word string) bool {
		return word == EndOfText || word == Unknown
	})
	slices.Sort(words)
	words = append(slices.Compact(words), EndOfText, Unknown)
	w := &Words{words: words, ids: make(map[string]int, len(words))}
	for id, word := range words {
		w.ids[word] = id
	}
	return w
}

// Vocab returns the number of different tokens.
func (w *Words) Vocab() int { return len(w.words) }

// ID returns the id of word; false if the vocabulary lacks it.
func (w *Words) ID(word string) (int, bool) {
	id, ok := w.ids[word]
	return id, ok
}

// Encode returns an id for each word of text, the id of [Unknown] for a word
// that the vocabulary lacks.
func (w *Words) Encode(text string) []int {
	words := SplitWords(text)
	ids := make([]int, len(words))
	for i, word := range words {
		id, ok := w.ID(word)
		if !ok {
			id = w.ids[Unknown]
		}
		ids[i] = id
	}
	return ids
}

// Decode joins the words with single spaces, with none before a punctuation
// mark. Where the text had other white space, or an unknown word, it does not
// come back.
func (w *Words) Decode(ids []int) string {
	var text strings.Builder
	for i, id := range ids {
		word := textOf(w.words, id)
		if i > 0 && (len(word) != 1 || !strings.Contains(`,.:;?!"()'`, word)) {
			text.WriteByte(' ')
		}
		text.WriteString(word)
	}
	return text.String()
}
