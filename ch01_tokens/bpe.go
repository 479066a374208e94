package tokens

import (
	"errors"
	"fmt"
	"strings"

	"github.com/llm-from-scratch/llm/internal/bpe"
)

// BPE is a byte-level byte-pair encoding, trained by [TrainBPE] or read by
// [ReadBPE] or [ReadRanks]. Every string has ids, and Decode gives exactly the
// string back, be it Chinese, source code or bytes that are no text at all.
type BPE struct {
	texts  []string   // what each id stands for
	bytes  [256]int   // the id of each byte
	merges []Merge    // the earliest first
	end    int        // the id of EndOfText
	fast   *bpe.Table // merges, to look up
}

// newBPE returns an encoding of which no merge is known yet, from the text of
// each id.
func newBPE(texts []string) (*BPE, error) {
	ids := make(map[string]int, len(texts))
	for id, text := range texts {
		ids[text] = id
	}
	b := &BPE{texts: texts}
	for c := range b.bytes {
		id, ok := ids[string([]byte{byte(c)})]
		if !ok {
			return nil, fmt.Errorf("no token for the byte %#02x", c)
		}
		b.bytes[c] = id
	}
	end, ok := ids[EndOfText]
	if !ok {
		return nil, errors.New("no token " + EndOfText)
	}
	b.end, b.fast = end, bpe.NewTable(b.bytes, len(texts))
	return b, nil
}

// add appends a merge, which makes a new token of two that are bytes or were made
// before.
func (b *BPE) add(m Merge) {
	b.merges = append(b.merges, m)
	b.fast.Add(m.Left, m.Right, m.Token)
}

// Vocab returns the number of different ids.
func (b *BPE) Vocab() int { return len(b.texts) }

// EndOfText returns the id of the special token [EndOfText].
func (b *BPE) EndOfText() int { return b.end }

// Ends reports whether a text ends at id: whether that is [BPE.EndOfText].
func (b *BPE) Ends(id int) bool { return id == b.end }

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

// Encode returns the ids of text: those that [ApplyMerges] makes of the bytes of
// each piece of [Split]. It takes every text for plain text: "<|endoftext|>"
// becomes seven ids or so, none of them [BPE.EndOfText].
//
// The time is proportional to the length of text. A piece of 2 GiB panics.
func (b *BPE) Encode(text string) []int {
	ids := make([]int, 0, len(text)/3)
	e := b.fast.Encoder(len(text)) // ApplyMerges, many times faster
	for piece := range Split(text) {
		ids = e.Append(ids, piece)
	}
	return ids
}

// EncodeSpecial is Encode, except that each [EndOfText] in text becomes the
// special token, as it should in a text to train on. It is not for what strangers
// write: their token would end the document.
func (b *BPE) EncodeSpecial(text string) []int {
	var ids []int
	for document := range strings.SplitSeq(text, EndOfText) {
		ids = append(append(ids, b.Encode(document)...), b.end)
	}
	return ids[:len(ids)-1] // none comes after the last document
}

// EncodeStrict is Encode, except that a text with [EndOfText] in it is an
// error: for a program that would rather refuse than guess which was meant.
func (b *BPE) EncodeStrict(text string) ([]int, error) {
	if at := strings.Index(text, EndOfText); at >= 0 {
		return nil, fmt.Errorf("tokens: the text contains the special token %s at byte %d", EndOfText, at)
	}
	return b.Encode(text), nil
}
