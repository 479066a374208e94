package bpe

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// table is an encoding of words of few letters, learned from text.
func table(t *testing.T, text string, n int) *Table {
	pairs, err := Learn(slices.Values([]string{text}), strings.FieldsSeq, 256, n)
	require.NoError(t, err)
	var bytes [256]int
	for c := range bytes {
		bytes[c] = c
	}
	made := NewTable(bytes, 256+n)
	for i, p := range pairs {
		made.Add(p[0], p[1], 256+i)
	}
	return made
}

// scrawl returns words of the letters a and b.
func scrawl(rng *rand.Rand, n int) string {
	text := make([]byte, n)
	for i := range text {
		text[i] = "aaab bb "[rng.IntN(8)]
	}
	return string(text)
}

// TestMergeLong compares the two ways of merging a piece.
func TestMergeLong(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	for range 20 {
		e := table(t, scrawl(rng, 10+rng.IntN(500)), 20).Encoder(0)
		for range 200 {
			piece := strings.ReplaceAll(scrawl(rng, rng.IntN(longPiece+1)), " ", "ba"[rng.IntN(2):][:1])
			require.Equal(t, e.merge(nil, piece), e.mergeLong(nil, piece), "%q", piece)
		}
	}
}

// TestMergeLoose compares the third way with the first, on merges in any order, of
// tokens that are made in several ways or not yet, and on orderly ones.
func TestMergeLoose(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	const tokens = 300
	different := 0
	for range 100 {
		var bytes [256]int
		for c := range bytes {
			bytes[c] = -1
		}
		bytes['a'], bytes['b'] = 0, 1
		made := NewTable(bytes, tokens)
		seen := map[[2]int]bool{}
		for range 1 + rng.IntN(30) {
			left, right := rng.IntN(6), rng.IntN(6)
			if !seen[[2]int{left, right}] {
				seen[[2]int{left, right}] = true
				made.Add(left, right, 2+rng.IntN(10))
			}
		}
		orderly := table(t, scrawl(rng, 10+rng.IntN(500)), 20)
		for range 100 {
			piece := strings.ReplaceAll(scrawl(rng, rng.IntN(longPiece+1)), " ", "ba"[rng.IntN(2):][:1])
			e := made.Encoder(0)
			want := e.merge(nil, piece)
			require.Equal(t, want, e.mergeLoose(nil, piece), "%q", piece)
			if !slices.Equal(want, e.mergeLong(nil, piece)) {
				different++
			}
			require.Equal(t, orderly.Encoder(0).merge(nil, piece), orderly.Encoder(0).mergeLoose(nil, piece), "%q", piece)
		}
		long := strings.Repeat("ab", longPiece)
		if made.loose {
			require.Equal(t, made.Encoder(0).mergeLoose(nil, long), made.Encoder(0).Append(nil, long))
		}
	}
	require.NotZero(t, different, "the second way would have done")
}

// TestPairRanks compares the table with a map.
func TestPairRanks(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for range 50 {
		n := 1 + rng.IntN(300)
		ranks, want := newPairRanks(n), map[pair]rank{}
		for range n {
			p := pair{rng.Int32N(40), rng.Int32N(40)}
			if _, ok := want[p]; !ok {
				want[p] = rank(len(want))
				ranks.set(p, want[p])
			}
		}
		for left := range int32(40) {
			for right := range int32(40) {
				r, ok := want[pair{left, right}]
				if !ok {
					r = never
				}
				require.Equal(t, r, ranks.of(int(left), int(right)))
			}
		}
	}
}

// TestRecentKeys: pieces have the same key only if they are the same.
func TestRecentKeys(t *testing.T) {
	r, seen := newRecent(1<<20), map[[16]byte]string{}
	add := func(piece string) {
		_, key := r.slot(piece)
		before, ok := seen[key]
		require.True(t, !ok || before == piece, "%q %q", before, piece)
		seen[key] = piece
	}
	rng := rand.New(rand.NewPCG(8, 8))
	for n := range recentSize + 1 {
		for at := range n {
			for c := range 256 {
				piece := []byte(strings.Repeat("\x00", n))
				piece[at] = byte(c)
				add(string(piece))
			}
		}
		for range 1000 {
			piece := make([]byte, n)
			for i := range piece {
				piece[i] = "\x00a"[rng.IntN(2)]
			}
			add(string(piece))
		}
	}
	require.Greater(t, len(seen), 20000)
}

// TestQueue takes numbers out in order.
func TestQueue(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	var q queue[rank]
	var want, got []rank
	for range 500 {
		r := rank(rng.IntN(100))
		q.push(r)
		want = append(want, r)
	}
	for len(q) > 0 {
		got = append(got, q.pop())
	}
	slices.Sort(want)
	require.Equal(t, want, got)
}
