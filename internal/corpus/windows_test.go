package corpus

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
)

// TestWindows: the batches are those of chapter 2, in its order, epoch after epoch.
func TestWindows(t *testing.T) {
	var ids []int
	rng := rand.New(rand.NewPCG(3, 3))
	for range 2*block + 100 {
		ids = append(ids, rng.IntN(1<<24))
	}
	encode := func(string) []int { return ids }
	for _, c := range []struct{ n, length, stride, size int }{
		{len(ids), 5, 7, 3}, {len(ids), 3, 1, 1000}, {40, 8, 8, 1}, {9, 8, 1, 1}, {8, 8, 1, 1}, {0, 1, 1, 1}, {30, 2, 5, 9},
	} {
		ids = ids[:c.n]
		got, err := NewWindows("text", true, encode, c.length, c.stride)
		require.NoError(t, err)
		require.Equal(t, c.n, got.IDs())
		want, err := embeddings.NewWindows(ids, c.length, c.stride)
		if err != nil {
			require.Zero(t, got.Len())
		} else {
			require.Equal(t, want.Len(), got.Len())
			for _, seed := range []uint64{0, 1} {
				a, b := rand.New(rand.NewPCG(seed, 1)), rand.New(rand.NewPCG(seed, 1))
				if seed == 0 {
					a, b = nil, nil
				}
				for range 2 {
					require.True(t, slices.EqualFunc(all(want.Batches(c.size, a)), all(got.Batches(c.size, b)), slices.Equal))
				}
			}
		}
		ids = ids[:2*block+100]
	}
}

// all are copies of the first batches, of inputs and targets, and of the last.
func all(batches func(func(embeddings.Batch) bool)) (ids [][]int) {
	for b := range batches {
		ids = append(ids, append(slices.Clone(b.Inputs), b.Targets...))
	}
	return ids
}

// A text of which each byte is a token is refused before its order is made, with what helps.
func TestWindowsTooManyForTheirText(t *testing.T) {
	text := strings.Repeat("abcdefg\n", 2<<20)
	bytes := func(s string) []int { return make([]int, len(s)) }
	_, err := NewWindows(text, false, bytes, 8, 1)
	require.EqualError(t, err, "its 16777216 tokens and the order of the 16777208 sequences in them take 111 MB of memory, "+
		"more than four times the text; take a larger -stride or -vocab")
	_, err = NewWindows(text, false, bytes, 8, 4)
	require.NoError(t, err)
}
