package bpe

import (
	"math"
	"slices"
)

// longPiece is the length in bytes above which mergeLong is the faster one. Few
// words of a language are as long; but anyone can send a million spaces, and
// mergeShort would look at them a million times.
const longPiece = 128

// hugePiece is what Encode says about a piece whose positions overflow.
const hugePiece = "bpe: a piece of 2 GiB or more"

// A long piece while it is being merged. The pairs of one rank stand in a row,
// from left to right, so that the next one to be merged is the first of the row
// with the lowest rank. Positions count from 1, and 0 is none.
type long struct {
	spots []spot
	rows  []row       // by rank
	ranks queue[rank] // those whose turn is still to come
}

// A spot is what is known of a position in a long piece.
type spot struct {
	token         int32
	size          int32 // bytes of a token, at its first spot and at its last
	rank          rank  // of the token and the next one
	before, after int32 // the neighbours in the row of this rank
}

// A row is the first and the last position of a rank.
type row struct {
	first, last int32
	queued      bool // even if it has become empty again
}

// mergeLong appends the ids of a long piece, those that mergeShort would find.
// A row is filled from left to right, while the younger token of its pair is
// being made, and is complete when its own turn comes, since that token has a
// lower rank.
func (e *Encoder) mergeLong(ids []int, piece string) []int {
	e.spell(piece)
	l := &e.long
	if l.rows == nil {
		l.rows = make([]row, len(e.made))
	}
	for at := range int32(len(piece)) {
		e.join(at + 1)
	}
	for len(l.ranks) > 0 {
		r := &l.rows[l.ranks.pop()]
		for r.first > 0 {
			e.mergeAt(r.first)
		}
		r.queued = false
	}
	return l.appendTokens(ids)
}

// spell begins a long piece with its bytes.
func (e *Encoder) spell(piece string) {
	if len(piece) >= math.MaxInt32 {
		panic(hugePiece)
	}
	l := &e.long
	l.spots = append(slices.Grow(l.spots[:0], len(piece)+1), spot{size: 1})
	for i := range len(piece) {
		l.spots = append(l.spots, spot{token: int32(e.bytes[piece[i]]), size: 1})
	}
}

// appendTokens appends what a long piece has become.
func (l *long) appendTokens(ids []int) []int {
	for at := 1; at < len(l.spots); at += int(l.spots[at].size) {
		ids = append(ids, int(l.spots[at].token))
	}
	return ids
}

// mergeAt merges the token at a position with the next one. Three pairs are no
// more, two are new.
func (e *Encoder) mergeAt(at int32) {
	l := &e.long
	left := &l.spots[at]
	right := &l.spots[at+left.size]
	before := at - l.spots[at-1].size
	token := int32(e.made[left.rank])
	e.leave(before)
	e.leave(at)
	e.leave(at + left.size)
	left.token = token
	left.size += right.size
	l.spots[at+left.size-1].size = left.size
	e.join(before)
	e.join(at)
}

// join looks up the pair at a position and puts it at the end of its row.
func (e *Encoder) join(at int32) {
	l := &e.long
	s := &l.spots[at]
	next := int(at + s.size)
	s.rank = never
	if at == 0 || next == len(l.spots) {
		return
	}
	s.rank = e.ranks.of(int(s.token), int(l.spots[next].token))
	if s.rank == never {
		return
	}
	r := &l.rows[s.rank]
	s.before, s.after = r.last, 0
	if !r.queued {
		r.queued = true
		l.ranks.push(s.rank)
	}
	if r.last == 0 {
		r.first = at
	} else {
		l.spots[r.last].after = at
	}
	r.last = at
}

// leave takes a position out of its row.
func (e *Encoder) leave(at int32) {
	l := &e.long
	s := &l.spots[at]
	if at == 0 || s.rank == never {
		return
	}
	r := &l.rows[s.rank]
	if s.before == 0 {
		r.first = s.after
	} else {
		l.spots[s.before].after = s.after
	}
	if s.after == 0 {
		r.last = s.before
	} else {
		l.spots[s.after].before = s.before
	}
}
