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
	texts []string  // what each id stands for
	bytes [256]int  // the id of each byte
	order []pair    // the merges, the earliest first; their places here are their ranks
	made  []int     // the token that each merge makes, no two the same
	ranks pairRanks // order, to look up
	end   int       // the id of EndOfText
}

// newBPE puts an encoding together from the text of each id and the merges in
// their order. Each merge makes another token, of two that are bytes or were
// made before it. There may be more merges to come, up to one for each text.
func newBPE(texts []string, order []pair) (*BPE, error) {
	ids := make(map[string]int, len(texts))
	for id, text := range texts {
		ids[text] = id
	}
	b := &BPE{texts: texts, ranks: newPairRanks(len(texts))}
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
	for _, p := range order {
		b.add(p, ids[texts[p.left]+texts[p.right]])
	}
	return b, nil
}

// add appends a merge.
func (b *BPE) add(p pair, id int) {
	b.ranks.set(p, rank(len(b.order)))
	b.order = append(b.order, p)
	b.made = append(b.made, id)
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
//
// For n bytes of whatever text, the time is proportional to n. It panics on a
// word of 2 GiB.
func (b *BPE) Encode(text string) []int {
	return b.encoder(len(text)).appendIDs(make([]int, 0, len(text)/3), text)
}

// EncodeSpecial is Encode, except that each [EndOfText] in text becomes the
// special token. Only for text that the program itself has put together: in a
// stranger's message the token would end the document.
func (b *BPE) EncodeSpecial(text string) []int {
	ids := make([]int, 0, len(text)/3)
	e := b.encoder(len(text))
	for {
		document, rest, found := strings.Cut(text, EndOfText)
		ids = e.appendIDs(ids, document)
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

// An encoder is an encoding at work on one text.
type encoder struct {
	*BPE
	recent recent
	long   long
}

// encoder returns an encoder for a text of n bytes.
func (b *BPE) encoder(n int) *encoder {
	return &encoder{BPE: b, recent: newRecent(n)}
}

// appendIDs appends the ids of a text without special tokens. Text repeats its
// words: the ids of a piece met before are known already.
func (e *encoder) appendIDs(ids []int, text string) []int {
	for len(text) > 0 {
		n := pieceLen(text)
		slot, key, ok := e.recent.slot(text, n)
		if ok && slot.key == key {
			for _, id := range slot.ids[:slot.n] {
				ids = append(ids, int(id))
			}
		} else {
			from := len(ids)
			ids = e.mergeBytes(ids, text[:n])
			if ok {
				slot.put(key, ids[from:])
			}
		}
		text = text[n:]
	}
	return ids
}

// mergeBytes appends the ids of one piece.
func (e *encoder) mergeBytes(ids []int, piece string) []int {
	if len(piece) > longPiece {
		return e.mergeLong(ids, piece)
	}
	start := len(ids)
	for i := range len(piece) {
		ids = append(ids, e.bytes[piece[i]])
	}
	return ids[:start+e.mergeShort(ids[start:])]
}

// mergeShort merges ids in place and returns how many are left: as long as some
// neighbours can be merged, those with the lowest rank are, the leftmost if
// there are several. A merge changes the ranks of its two neighbours only.
func (b *BPE) mergeShort(ids []int) int {
	var ranks [longPiece]rank // of each token with the next one
	n := len(ids)
	for i := range n - 1 {
		ranks[i] = b.ranks.of(ids[i], ids[i+1])
	}
	for {
		lowest, at := never, 0
		for i, r := range ranks[:max(n-1, 0)] {
			if r < lowest {
				lowest, at = r, i
			}
		}
		if lowest == never {
			return n
		}
		ids[at] = b.made[lowest]
		n--
		copy(ids[at+1:n], ids[at+2:])
		copy(ranks[at:n-1], ranks[at+1:])
		if at > 0 {
			ranks[at-1] = b.ranks.of(ids[at-1], ids[at])
		}
		if at < n-1 {
			ranks[at] = b.ranks.of(ids[at], ids[at+1])
		}
	}
}
