package bpe

import (
	"errors"
	"iter"
	"math"
)

// A pair is two tokens that stand next to each other.
type pair struct{ left, right int32 }

// Learn returns the first n merges of the bytes of the pieces into which split
// cuts documents, fewer if no pair occurs twice any more. The i-th merge makes
// token first+i. Of pairs that occur equally often, the one that comes first in
// the pieces as merged so far wins.
//
// It takes time near n log n for n bytes of different pieces, and about fifty
// bytes of memory for each of them. From 2 GiB on it is an error.
func Learn(documents iter.Seq[string], split func(string) iter.Seq[string], first, n int) (merges [][2]int, err error) {
	different, counts, err := countPieces(documents, split)
	if err != nil {
		return nil, err
	}
	for _, p := range newCorpus(different, counts).learn(int32(first), n) {
		merges = append(merges, [2]int{int(p.left), int(p.right)})
	}
	return merges, nil
}

// countPieces returns the different pieces, in the order in which they first
// occur, and how often each occurs. English repeats itself so
// much that this is where training gets fast: every later step looks at the word
// " the" once, not thousands of times.
func countPieces(documents iter.Seq[string], split func(string) iter.Seq[string]) (pieces []string, counts []int, err error) {
	index := make(map[string]int)
	size := 0
	for document := range documents {
		for piece := range split(document) {
			at, seen := index[piece]
			if !seen {
				if size += len(piece); size > math.MaxInt32 {
					return nil, nil, errors.New("the different words of the text are 2 GiB or more")
				}
				at = len(pieces)
				index[piece] = at
				pieces = append(pieces, piece)
				counts = append(counts, 0)
			}
			counts[at]++
		}
	}
	return pieces, counts, nil
}

// A corpus is the training text while its pairs are being merged: all pieces
// in one row, each a doubly linked list, so that making one token of two moves
// no other. All slices go by position in that row.
type corpus struct {
	token      []int32 // gone where a merge took the token away
	prev, next []int32 // positions of the neighbours in the piece, none at its ends
	count      []int   // how often the piece occurs in the text
	pairs      map[pair]*places
	fresh      []pair // pairs that have no candidate yet
}

const (
	gone = -1 // no token
	none = -1 // no position
)

// places is where a pair occurs. Occurrences are added only while the later of
// its two tokens is being made; from then on they only disappear.
type places struct {
	count int     // occurrences in the whole text
	at    []int32 // positions of the left token, rising; some may be outdated
}

// newCorpus lays out pieces, of which the i-th occurs counts[i] times.
func newCorpus(pieces []string, counts []int) *corpus {
	c := &corpus{pairs: make(map[pair]*places)}
	for i, piece := range pieces {
		before := int32(none)
		for _, b := range []byte(piece) {
			at := int32(len(c.token))
			c.token = append(c.token, int32(b))
			c.prev = append(c.prev, before)
			c.next = append(c.next, none)
			c.count = append(c.count, counts[i])
			if before != none {
				c.next[before] = at
				c.add(before)
			}
			before = at
		}
	}
	return c
}

// pairAt returns the pair whose left token is at a position, false if there is
// none.
func (c *corpus) pairAt(at int32) (pair, bool) {
	if at == none || c.token[at] == gone || c.next[at] == none {
		return pair{}, false
	}
	return pair{c.token[at], c.token[c.next[at]]}, true
}

// add counts the pair at a position in.
func (c *corpus) add(at int32) {
	p, ok := c.pairAt(at)
	if !ok {
		return
	}
	where := c.pairs[p]
	if where == nil {
		where = new(places)
		c.pairs[p] = where
		c.fresh = append(c.fresh, p)
	}
	where.count += c.count[at]
	where.at = append(where.at, at)
}

// remove counts the pair at a position out, before that position changes. The
// entry in places.at is left to be found outdated.
func (c *corpus) remove(at int32) {
	if p, ok := c.pairAt(at); ok {
		c.pairs[p].count -= c.count[at]
	}
}

// merge makes every occurrence of p one token, from left to right.
func (c *corpus) merge(p pair, token int32) {
	for _, at := range c.pairs[p].at {
		if now, ok := c.pairAt(at); !ok || now != p {
			continue // outdated, perhaps a moment ago: the second "aa" of "aaa"
		}
		before, right := c.prev[at], c.next[at]
		after := c.next[right]
		c.remove(before)
		c.remove(right)
		c.token[at], c.token[right] = token, gone
		c.next[at] = after
		if after != none {
			c.prev[after] = at
		}
		c.add(before)
		c.add(at)
	}
	delete(c.pairs, p)
}

// A candidate is a pair with its claim to be merged next.
type candidate struct {
	pair  pair
	count int   // occurrences in the text
	first int32 // position of the first one
}

func (a candidate) before(b candidate) bool {
	return a.count > b.count || a.count == b.count && a.first < b.first
}

// candidate returns the present claim of p. Its count is 0 when p is no more.
func (c *corpus) candidate(p pair) candidate {
	where := c.pairs[p]
	for len(where.at) > 0 {
		if now, ok := c.pairAt(where.at[0]); ok && now == p {
			return candidate{p, where.count, where.at[0]}
		}
		where.at = where.at[1:]
	}
	return candidate{pair: p}
}

// learn returns the first n merges, fewer if no pair occurs twice any more. The
// i-th merge makes token first+i.
func (c *corpus) learn(first int32, n int) []pair {
	var merges []pair
	var candidates queue[candidate]
	for len(merges) < n {
		for _, p := range c.fresh {
			candidates.push(c.candidate(p))
		}
		c.fresh = c.fresh[:0]
		p, ok := c.best(&candidates)
		if !ok {
			break
		}
		c.merge(p, first+int32(len(merges)))
		merges = append(merges, p)
	}
	return merges
}

// best takes out the most frequent pair, false if it occurs only once. A claim
// in the queue may be outdated, but only upwards: pairs lose occurrences and
// gain none. So a claim that still holds when it comes to the top is the best,
// and one that does not is queued again with what is left of it.
func (c *corpus) best(candidates *queue[candidate]) (pair, bool) {
	for len(*candidates) > 0 {
		claimed := candidates.pop()
		now := c.candidate(claimed.pair)
		if now == claimed {
			return now.pair, now.count > 1
		}
		candidates.push(now)
	}
	return pair{}, false
}
