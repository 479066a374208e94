package bpe

import (
	"math/bits"
)

// recent remembers the ids of short pieces, each in the one slot that its hash
// names: a piece displaces whatever was there. So it never grows, and a text
// made to collide costs no more than one without any word twice. What it buys
// beside a map of all pieces, and beside nothing, is measured by BenchmarkEncoding
// of chapter 1.
type recent struct {
	slots []recentPiece
	shift int // leaves as many bits of a hash as number the slots
}

// A recentPiece is a piece with its ids. Of English words few are longer, or
// more tokens.
type recentPiece struct {
	key [2]uint64 // the bytes of the piece, zeros, and its length as the last byte
	ids [3]int32
	n   int32 // how many ids there are
}

// newRecent returns slots enough for n bytes of text, a megabyte at most.
func newRecent(n int) recent {
	size := min(bits.Len(uint(n/32)), 15)
	return recent{make([]recentPiece, 1<<size), 64 - size}
}

// recentSize is the length in bytes of the longest piece that is remembered.
const recentSize = 15

// slot returns the slot for a piece, which is not too long, and the key that it
// has there.
func (r *recent) slot(piece string) (slot *recentPiece, key [2]uint64) {
	n := len(piece)
	switch {
	case n >= 8: // the last 8 bytes, without those that are among the first 8
		key[0], key[1] = load8(piece), load8(piece[n-8:])>>(8*(16-n))
	case n >= 4:
		key[0] = load4(piece) | load4(piece[n-4:])>>(8*(8-n))<<32
	default:
		for i := range n {
			key[0] |= uint64(piece[i]) << (8 * i)
		}
	}
	key[1] |= uint64(n) << 56
	return &r.slots[hash(hash(key[0])^key[1])>>r.shift], key
}

// load4 and load8 return the first bytes of s as a number.
func load4(s string) uint64 {
	_ = s[3] // one check of the length, not four
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24
}

func load8(s string) uint64 { return load4(s[:4]) | load4(s[4:8])<<32 }

// put has the slot remember a piece by its ids, if they are few enough.
func (p *recentPiece) put(key [2]uint64, ids []int) {
	if len(ids) > len(p.ids) {
		return
	}
	p.key, p.n = key, int32(len(ids))
	for i, id := range ids {
		p.ids[i] = int32(id)
	}
}
