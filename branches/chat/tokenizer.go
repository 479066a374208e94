package chat

import (
	"iter"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/llm-from-scratch/llm/internal/bpe"
)

// A Tokenizer is byte-level BPE as today's models have it. Once made it never
// changes, so that any number of goroutines may use it.
type Tokenizer struct {
	texts []string                               // what each id stands for, "" for an id without a token
	added map[byte][]special                     // the added tokens, by their first byte, the longest first
	named map[string]special                     // the same by their text
	split func(text string) (p iter.Seq[string]) // what cuts texts into pieces
	nfc   bool                                   // whether they are normalized before
	bytes [256]int                               // the id of each byte, -1 if there is none
	whole map[string]int                         // by text: what is taken whole before any merge; nil for nothing
	fast  *bpe.Table                             // the merges
}

// A special is a token that no merge makes, looked for in a text before all else.
type special struct {
	text   string
	id     int
	hidden bool // whether it is for the program and not for the reader
}

const badID = "chat: id outside the vocabulary"

// Vocab is the number of ids, those without a token included.
func (t *Tokenizer) Vocab() int { return len(t.texts) }

// Bytes returns a copy of the bytes that id stands for.
func (t *Tokenizer) Bytes(id int) []byte {
	if id < 0 || id >= len(t.texts) {
		panic(badID)
	}
	return []byte(t.texts[id])
}

// Decode joins what the ids stand for, special tokens included.
func (t *Tokenizer) Decode(ids []int) string {
	var text strings.Builder
	for _, id := range ids {
		text.Write(t.Bytes(id))
	}
	return text.String()
}

// ID returns the id of the added token with this text; false if there is none.
func (t *Tokenizer) ID(special string) (int, bool) {
	s, ok := t.named[special]
	return s.id, ok
}

// IDs returns the ids of those of the added tokens that there are.
func (t *Tokenizer) IDs(special []string) (ids []int) {
	for _, text := range special {
		if id, ok := t.ID(text); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// Hidden says whether id is a control token, which is not for a reader's eyes:
// <|im_end|> is one, Qwen3's <think> is not.
func (t *Tokenizer) Hidden(id int) bool { return t.named[t.texts[id]].hidden }

// Encode returns the ids of plain text. No part of it becomes an added token: a
// "<|im_end|>" that somebody has typed is ten characters and no more.
func (t *Tokenizer) Encode(text string) []int {
	return t.append(make([]int, 0, len(text)/3), text)
}

// EncodeSpecial is Encode, except that added tokens in the text are what they say: of
// those that begin at the same place the longest. It is for what the program wrote
// itself.
func (t *Tokenizer) EncodeSpecial(text string) []int {
	var ids []int
	from := 0
	for at := 0; at < len(text); {
		s, ok := t.specialAt(text[at:])
		if !ok {
			at++
			continue
		}
		ids = append(t.append(ids, text[from:at]), s.id)
		at += len(s.text)
		from = at
	}
	return t.append(ids, text[from:])
}

// specialAt returns the longest added token that text begins with.
func (t *Tokenizer) specialAt(text string) (special, bool) {
	for _, s := range t.added[text[0]] {
		if strings.HasPrefix(text, s.text) {
			return s, true
		}
	}
	return special{}, false
}

// append appends the ids of plain text.
func (t *Tokenizer) append(ids []int, text string) []int {
	if t.nfc {
		text = compose(text)
	}
	e := t.fast.Encoder(len(text))
	for piece := range t.split(text) {
		from := len(ids)
		ids = e.Append(ids, t.spellable(piece))
		if len(ids) != from+1 && t.whole != nil {
			if id, ok := t.whole[piece]; ok {
				ids = append(ids[:from], id)
			}
		}
	}
	return ids
}

// joiner is the mark that package norm puts behind thirty marks on one letter, so that
// nobody has to sort more of them.
const joiner = "\u034f"

// compose writes a letter and its marks as one character where there is one: Unicode's
// normal form C. Joiners that were not in the text do not stay.
func compose(text string) string {
	composed := norm.NFC.String(text)
	if strings.Count(composed, joiner) == strings.Count(text, joiner) {
		return composed
	}
	parts := strings.Split(text, joiner)
	for i, part := range parts {
		parts[i] = strings.ReplaceAll(norm.NFC.String(part), joiner, "")
	}
	return strings.Join(parts, joiner)
}

// spellable is the piece without the bytes that have no token: nothing can be said of
// them, and they are dropped.
func (t *Tokenizer) spellable(piece string) string {
	for i := range len(piece) {
		if t.bytes[piece[i]] < 0 {
			return string(slices.DeleteFunc([]byte(piece), func(c byte) bool { return t.bytes[c] < 0 }))
		}
	}
	return piece
}
