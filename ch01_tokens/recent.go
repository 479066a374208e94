package tokens

import (
	"encoding/binary"
	"math/bits"
)

// recent remembers the ids of short pieces, each in the one slot that its hash
// names: a piece displaces whatever was there. So it never grows, and a text
// made to collide costs no more than one without any word twice. Without it,
// English is encoded at little more than half the speed (BenchmarkEncode), with
// a map of all pieces at three quarters.
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

// slot returns the slot for the first n bytes of text and the key that they have
// in it; false if they are too many, or too near to the end of text to be read
// as two numbers.
func (r *recent) slot(text string, n int) (slot *recentPiece, key [2]uint64, ok bool) {
	if n > 15 || len(text) < 16 {
		return nil, key, false
	}
	bytes := []byte(text[:16])
	key[0], key[1] = binary.LittleEndian.Uint64(bytes), binary.LittleEndian.Uint64(bytes[8:])
	if n < 8 {
		key[0], key[1] = key[0]&(1<<(8*n)-1), 0
	} else {
		key[1] &= 1<<(8*(n-8)) - 1
	}
	key[1] |= uint64(n) << 56
	return &r.slots[hash(hash(key[0])^key[1])>>r.shift], key, true
}

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
