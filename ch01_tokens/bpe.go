package tokens

import (
	"errors"
	"fmt"
	"strings"
)

// BPE is a byte-level byte-pair encoding, trained by [TrainBPE] or read by
// [ReadBPE] or [ReadRanks]. Every string has ids, and Decode gives exactly the
// string back, be it Chinese, source code or bytes that are no text at all.
type BPE struct {
	texts  []string       // what each id stands for
	bytes  [256]int       // the id of each byte
	order  []pair         // the merges, the earliest first
	merges map[pair]merge // the same, to look up
	end    int            // the id of EndOfText
}

// A merge is what becomes of a pair of tokens.
type merge struct {
	rank int // merges of a lower rank go first
	id   int // the token that stands for both
}

// newBPE puts an encoding together from the text of each id and the merges in
// their order.
func newBPE(texts []string, order []pair) (*BPE, error) {
	ids := make(map[string]int, len(texts))
	for id, text := range texts {
		ids[text] = id
	}
	b := &BPE{texts: texts, order: order, merges: make(map[pair]merge, len(order))}
	for c := range b.bytes {
		id, ok := ids[string([]byte{byte(c)})]
		if !ok {
			return nil, fmt.Errorf("no token for the byte %#02x", c)
		}
		b.bytes[c] = id
	}
	var ok bool
	if b.end, ok = ids[EndOfText]; !ok {
		return nil, errors.New("no token " + EndOfText)
	}
	for rank, p := range order {
		b.merges[p] = merge{rank, ids[texts[p.left]+texts[p.right]]}
	}
	return b, nil
}

// Vocab returns the number of different ids.
func (b *BPE) Vocab() int { return len(b.texts) }

// EndOfText returns the id of the special token [EndOfText].
func (b *BPE) EndOfText() int { return b.end }

// Bytes returns a copy of the bytes that id stands for. They need not be whole
// characters.
func (b *BPE) Bytes(id int) []byte { return []byte(textOf(b.texts, id)) }

// Decode joins what the ids stand for.
func (b *BPE) Decode(ids []int) string {
	var text strings.Builder
	for _, id := range ids {
		text.WriteString(textOf(b.texts, id))
	}
	return text.String()
}

// Encode returns the ids of text. It takes every text for plain text:
// "<|endoftext|>" becomes seven ids or so, none of them [BPE.EndOfText].
func (b *BPE) Encode(text string) []int {
	return b.appendIDs(make([]int, 0, len(text)/3), text)
}

// EncodeSpecial is Encode, except that each [EndOfText] in text becomes the
// special token. Only for text that the program itself has put together: in a
// stranger's message the token would end the document.
func (b *BPE) EncodeSpecial(text string) []int {
	ids := make([]int, 0, len(text)/3)
	for {
		document, rest, found := strings.Cut(text, EndOfText)
		ids = b.appendIDs(ids, document)
		if !found {
			return ids
		}
		ids = append(ids, b.end)
		text = rest
	}
}

// EncodeStrict is Encode, except that a text with [EndOfText] in it is an
// error: for a program that would rather refuse than guess which was meant.
func (b *BPE) EncodeStrict(text string) ([]int, error) {
	if at := strings.Index(text, EndOfText); at >= 0 {
		return nil, fmt.Errorf("tokens: the text contains the special token %s at byte %d", EndOfText, at)
	}
	return b.Encode(text), nil
}

// appendIDs appends the ids of a text without special tokens. Text repeats its
// words: a piece met before is copied from where its ids stand already.
func (b *BPE) appendIDs(ids []int, text string) []int {
	type span struct{ from, to int }
	met := make(map[string]span)
	for piece := range Split(text) {
		if at, ok := met[piece]; ok {
			ids = append(ids, ids[at.from:at.to]...)
			continue
		}
		from := len(ids)
		ids = b.mergeBytes(ids, piece)
		met[piece] = span{from, len(ids)}
	}
	return ids
}

// mergeBytes appends the ids of one piece.
func (b *BPE) mergeBytes(ids []int, piece string) []int {
	start := len(ids)
	for i := range len(piece) {
		ids = append(ids, b.bytes[piece[i]])
	}
	if len(piece) <= longPiece {
		return ids[:start+b.mergeShort(ids[start:])]
	}
	return ids[:start+b.mergeLong(ids[start:])]
}

// mergeShort merges ids in place and returns how many are left: as long as some
// neighbours can be merged, those with the lowest rank are, the leftmost if
// there are several.
func (b *BPE) mergeShort(ids []int) int {
	for {
		best, at := merge{rank: len(b.order)}, -1
		for i := 1; i < len(ids); i++ {
			m, ok := b.merges[pair{int32(ids[i-1]), int32(ids[i])}]
			if ok && m.rank < best.rank {
				best, at = m, i-1
			}
		}
		if at < 0 {
			return len(ids)
		}
		ids[at] = best.id
		ids = append(ids[:at+1], ids[at+2:]...)
	}
}
