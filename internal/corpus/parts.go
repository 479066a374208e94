package corpus

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	tokens "github.com/llm-from-scratch/llm/ch01_tokens"
)

// MaxWord is how many bytes may follow each other without a border between
// pieces. To encode them takes twenty times as much memory.
const MaxWord = 4 << 20

// Parts yields a text of any size in parts that have, encoded one by one, the
// ids of the whole: it is cut only between two pieces of [tokens.Split]. If
// special is set, it is cut for EncodeSpecial, else for Encode. It holds no more
// than a part and a word in memory; a word longer than [MaxWord] is an error.
func Parts(r io.Reader, special bool) iter.Seq2[string, error] {
	return parts(r, special, 1<<20, MaxWord)
}

// parts are of about size bytes each.
func parts(r io.Reader, special bool, size, maxWord int) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		var held []byte
		block, before := make([]byte, size), 0
		for {
			n, err := io.ReadFull(r, block)
			held = append(held, block[:n]...)
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				if len(held) > 0 {
					yield(string(held), nil)
				}
				return
			}
			cut := 0
			if err == nil {
				if cut = border(string(held), special); cut == 0 && len(held) > maxWord {
					err = fmt.Errorf("from byte %d on no word ends for %d bytes; the longest that can be encoded is of %d", before, len(held), maxWord)
				}
			}
			if err != nil {
				yield("", err)
				return
			}
			if cut > 0 && !yield(string(held[:cut]), nil) {
				return
			}
			held = append(held[:0], held[cut:]...)
			before += cut
		}
	}
}

// border is where the last piece of text ends at which it may be cut, or 0. No text
// behind may change that piece: what ends one shows in the two characters behind
// it, of at most eight bytes, and what looks like two pieces may be the start of
// [tokens.EndOfText]. And the piece must stay what it is as the last of a part: of
// white space that goes on from the piece before, it would become one with that.
func border(text string, special bool) int {
	const unsure = 16
	at := 0
	if end := strings.LastIndex(text, tokens.EndOfText); special && end >= 0 {
		at = end + len(tokens.EndOfText)
	}
	cut, spaces := at, false
	for piece := range tokens.Split(text[at:]) {
		at += len(piece)
		if at > len(text)-unsure {
			break
		}
		goesOn := spaces
		spaces = strings.TrimSpace(piece) == ""
		if !spaces || !goesOn {
			cut = at
		}
	}
	return cut
}
