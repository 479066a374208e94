package bpe

// A turn is a pair that waits to be merged.
type turn struct {
	rank rank
	at   int32
}

func (t turn) before(other turn) bool {
	return t.rank < other.rank || t.rank == other.rank && t.at < other.at
}

// mergeLoose is mergeLong for any merges. In Llama 3's list a token is made in
// several ways, and of parts that later merges make, so that a row would not be
// filled from left to right: here the pairs themselves stand in the queue. One
// whose tokens have become others meanwhile has another rank, and is passed over.
func (e *Encoder) mergeLoose(ids []int, piece string) []int {
	e.spell(piece)
	l := &e.long
	var turns queue[turn]
	look := func(at int32) {
		s := &l.spots[at]
		s.rank = never
		next := int(at + s.size)
		if at == 0 || next == len(l.spots) {
			return
		}
		if s.rank = e.ranks.of(int(s.token), int(l.spots[next].token)); s.rank != never {
			turns.push(turn{s.rank, at})
		}
	}
	for at := range int32(len(piece)) {
		look(at + 1)
	}
	for len(turns) > 0 {
		t := turns.pop()
		left := &l.spots[t.at]
		if left.rank != t.rank {
			continue
		}
		right := &l.spots[t.at+left.size]
		right.rank = never
		left.token = int32(e.made[t.rank])
		left.size += right.size
		l.spots[t.at+left.size-1].size = left.size
		look(t.at - l.spots[t.at-1].size)
		look(t.at)
	}
	return l.appendTokens(ids)
}
