package bpe

import (
	"encoding/binary"
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
	key [recentSize + 1]byte // the bytes of the piece, zeros, and its length as the last byte
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
func (r *recent) slot(piece string) (slot *recentPiece, key [recentSize + 1]byte) {
	copy(key[:], piece)
	key[recentSize] = byte(len(piece))
	first, last := binary.LittleEndian.Uint64(key[:8]), binary.LittleEndian.Uint64(key[8:])
	return &r.slots[hash(hash(first)^last)>>r.shift], key
}

// put has the slot remember a piece by its ids, if they are few enough.
func (p *recentPiece) put(key [recentSize + 1]byte, ids []int) {
	if len(ids) > len(p.ids) {
		return
	}
	p.key, p.n = key, int32(len(ids))
	for i, id := range ids {
		p.ids[i] = int32(id)
	}
}
