package tokens

// longPiece is the length in bytes from which mergeLong is the faster one. Few
// words of a language are as long; but anyone can send a million spaces, and
// mergeShort would look at them a million times.
const longPiece = 48

// A spot is a place in a long piece where two neighbours can be merged.
type spot struct{ rank, at int }

func (a spot) before(b spot) bool {
	return a.rank < b.rank || a.rank == b.rank && a.at < b.at
}

// mergeLong does what mergeShort does in time n log n: the spots wait in a
// queue and the ids are linked in a list.
func (b *BPE) mergeLong(ids []int) int {
	var spots queue[spot]
	prev, next := make([]int, len(ids)), make([]int, len(ids))
	look := func(at int) (merge, bool) {
		if at < 0 || ids[at] == gone || next[at] == len(ids) {
			return merge{}, false
		}
		m, ok := b.merges[pair{int32(ids[at]), int32(ids[next[at]])}]
		return m, ok
	}
	wait := func(at int) {
		if m, ok := look(at); ok {
			spots.push(spot{m.rank, at})
		}
	}
	for i := range ids {
		prev[i], next[i] = i-1, i+1
		wait(i)
	}
	for len(spots) > 0 {
		s := spots.pop()
		m, ok := look(s.at)
		if !ok || m.rank != s.rank {
			continue // a neighbour was merged away in the meantime
		}
		right := next[s.at]
		ids[s.at], ids[right] = m.id, gone
		next[s.at] = next[right]
		if next[right] < len(ids) {
			prev[next[right]] = s.at
		}
		wait(prev[s.at])
		wait(s.at)
	}
	n := 0
	for i := 0; i < len(ids); i = next[i] {
		ids[n] = ids[i]
		n++
	}
	return n
}
