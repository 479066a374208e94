package bpe

import (
	"errors"
	"math"
	"math/bits"
)

// A Table is what was learned, to encode with. Once all merges are added, any
// number of goroutines may use it.
type Table struct {
	bytes [256]int  // the id of each byte
	made  []int     // the token that each merge makes, by rank
	ranks pairRanks // of the two tokens that it is made of
	there []bool    // by token: whether it is a byte or was made
	loose bool      // whether some merge takes what a later one makes, or makes what was made
}

// NewTable returns a table for n tokens, and no more than n merges. Bytes are the ids
// of the bytes, negative for one without a token, which no piece may have then.
func NewTable(bytes [256]int, n int) *Table {
	t := &Table{bytes: bytes, ranks: newPairRanks(n), there: make([]bool, n)}
	for _, id := range bytes {
		if id >= 0 {
			t.there[id] = true
		}
	}
	return t
}

// Add adds the next merge: left and right, which are bytes or were made before,
// become made, which was not. Merges of which that is not true are carried out, too,
// but longer pieces take longer.
func (t *Table) Add(left, right, made int) {
	t.loose = t.loose || !t.there[left] || !t.there[right] || t.there[made]
	t.ranks.set(pair{int32(left), int32(right)}, rank(len(t.made)))
	t.made = append(t.made, made)
	t.there[made] = true
}

// Check returns what keeps a merge that comes from a file from being the next one.
func (t *Table) Check(left, right, made int) error {
	switch {
	case !t.there[left] || !t.there[right]:
		return errors.New("this merges a token that no merge before has made")
	case t.there[made]:
		return errors.New("this makes a token that was made before")
	}
	return nil
}

// An Encoder is a table at work on one text.
type Encoder struct {
	*Table
	recent recent
	long   long
}

// Encoder returns an encoder for a text of n bytes.
func (t *Table) Encoder(n int) *Encoder {
	return &Encoder{Table: t, recent: newRecent(n)}
}

// Append appends the ids of one piece of the text: those of a piece met before
// are known already.
func (e *Encoder) Append(ids []int, piece string) []int {
	if len(piece) > recentSize {
		return e.merge(ids, piece)
	}
	slot, key := e.recent.slot(piece)
	if slot.key == key {
		for _, id := range slot.ids[:slot.n] {
			ids = append(ids, int(id))
		}
		return ids
	}
	from := len(ids)
	ids = e.merge(ids, piece)
	slot.put(key, ids[from:])
	return ids
}

// merge appends the ids of a piece.
func (t *Encoder) merge(ids []int, piece string) []int {
	if len(piece) > longPiece {
		if t.loose {
			return t.mergeLoose(ids, piece)
		}
		return t.mergeLong(ids, piece)
	}
	start := len(ids)
	for i := range len(piece) {
		ids = append(ids, t.bytes[piece[i]])
	}
	return ids[:start+t.mergeShort(ids[start:])]
}

// mergeShort merges ids in place and returns how many are left: as long as some
// neighbours can be merged, those with the lowest rank are, the leftmost if
// there are several. A merge changes the ranks of its two neighbours only.
func (t *Table) mergeShort(ids []int) int {
	var ranks [longPiece]rank // of each token with the next one
	n := len(ids)
	for i := range n - 1 {
		ranks[i] = t.ranks.of(ids[i], ids[i+1])
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
		ids[at] = t.made[lowest]
		n--
		copy(ids[at+1:n], ids[at+2:])
		copy(ranks[at:n-1], ranks[at+1:])
		if at > 0 {
			ranks[at-1] = t.ranks.of(ids[at-1], ids[at])
		}
		if at < n-1 {
			ranks[at] = t.ranks.of(ids[at], ids[at+1])
		}
	}
}

// A rank is the place of a merge in the order of all.
type rank int32

// never is the rank of two tokens that are not merged: behind all others.
const never rank = math.MaxInt32

func (r rank) before(other rank) bool { return r < other }

// pairRanks knows the rank of each pair that is merged. It is a hash table with
// open addressing: a pair stands in the slot that its hash names or, where
// that is taken, in the next free one. Go's map would do too, more slowly.
type pairRanks struct {
	slots []rankedPair // at least twice as many as pairs, so that a free one is near
	shift int          // leaves as many bits of a hash as number the slots
}

// A rankedPair is a slot. In a free one the rank is never.
type rankedPair struct {
	pair pair
	rank rank
}

// newPairRanks returns a table with room for n pairs.
func newPairRanks(n int) pairRanks {
	size := bits.Len(uint(2 * n))
	slots := make([]rankedPair, 1<<size)
	for i := range slots {
		slots[i].rank = never
	}
	return pairRanks{slots, 64 - size}
}

// slot returns where p stands, or would stand.
func (t *pairRanks) slot(p pair) *rankedPair {
	at := hash(uint64(p.left)<<32|uint64(p.right)) >> t.shift
	for {
		s := &t.slots[at]
		if s.pair == p || s.rank == never {
			return s
		}
		at = (at + 1) % uint64(len(t.slots))
	}
}

// of returns the rank of two tokens.
func (t *pairRanks) of(left, right int) rank {
	return t.slot(pair{int32(left), int32(right)}).rank
}

// set gives p, which must be new, its rank.
func (t *pairRanks) set(p pair, r rank) {
	*t.slot(p) = rankedPair{p, r}
}

// hash spreads numbers over all 64 bits, the upper ones best: 2⁶⁴ by the golden
// ratio (Knuth, The Art of Computer Programming, volume 3, section 6.4).
func hash(x uint64) uint64 { return x * 0x9E3779B97F4A7C15 }
