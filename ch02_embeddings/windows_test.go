package embeddings_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
)

// verdict is how "The Verdict" begins in GPT-2's ids: enough for eight windows
// of four.
var verdict = []int{
	40, 367, 2885, 1464, 1807, 3619, 402, 271, 10899, 2138, 257, 7026, 15632, 438, 2016, 257, 922,
	5891, 1576, 438, 568, 340, 373, 645, 1049, 5975, 284, 502, 284, 3285, 326, 11, 287,
}

// count returns the ids 0..n-1: in it, an id is its own position.
func count(n int) []int {
	ids := make([]int, n)
	for i := range ids {
		ids[i] = i
	}
	return ids
}

func TestFirstWindowsOfTheVerdict(t *testing.T) {
	w, err := embeddings.NewWindows(verdict, 4, 1)
	require.NoError(t, err)
	input, target := w.At(0)
	require.Equal(t, []int{40, 367, 2885, 1464}, input)
	require.Equal(t, []int{367, 2885, 1464, 1807}, target)
	input, target = w.At(1)
	require.Equal(t, []int{367, 2885, 1464, 1807}, input)
	require.Equal(t, []int{2885, 1464, 1807, 3619}, target)
}

// The counts for a text of 5,145 ids, the length of "The Verdict".
func TestWindowCounts(t *testing.T) {
	for _, c := range []struct{ ids, length, stride, want int }{
		{5145, 4, 1, 5141},
		{5145, 4, 4, 1286},
		{1001, 4, 4, 250},
		{5, 4, 1, 1},
		{5, 4, 100, 1},
		{6, 4, 1, 2},
		{2, 1, 1, 1},
		{9, 4, 4, 2},
		{8, 4, 4, 1}, // the second window would have no last target
	} {
		w, err := embeddings.NewWindows(count(c.ids), c.length, c.stride)
		require.NoError(t, err)
		require.Equal(t, c.want, w.Len(), "%+v", c)
	}
}

// On random texts, lengths and strides: every target is the next id, the last
// window fits, and one more would not.
func TestWindowsAreShiftedByOneAndFit(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		length, stride := 1+rng.IntN(20), 1+rng.IntN(25)
		ids := count(length + 1 + rng.IntN(60))
		w, err := embeddings.NewWindows(ids, length, stride)
		require.NoError(t, err)
		for i := range w.Len() {
			input, target := w.At(i)
			require.Equal(t, ids[i*stride:i*stride+length], input)
			require.Equal(t, ids[i*stride+1:i*stride+1+length], target)
		}
		require.GreaterOrEqual(t, w.Len()*stride+length, len(ids), "another window would fit")
	}
}

// With the stride as long as the window, the windows tile the text: each id is
// read once and each but the first is asked for once, up to the leftover.
func TestWindowsTile(t *testing.T) {
	for n := 5; n < 40; n++ {
		w, err := embeddings.NewWindows(count(n), 4, 4)
		require.NoError(t, err)
		var inputs, targets []int
		for i := range w.Len() {
			input, target := w.At(i)
			inputs, targets = append(inputs, input...), append(targets, target...)
		}
		require.Equal(t, count(n)[:len(inputs)], inputs)
		require.Equal(t, count(n)[1:len(targets)+1], targets)
		require.Less(t, n-1-len(targets), 4, "at most stride-1 targets are left over")
	}
}

// With stride 1, every id but the last is the start or the inside of an input,
// every id but the first is a target.
func TestStrideOneLeavesNothingOut(t *testing.T) {
	const n = 23
	w, err := embeddings.NewWindows(count(n), 5, 1)
	require.NoError(t, err)
	read, asked := map[int]bool{}, map[int]bool{}
	for i := range w.Len() {
		input, target := w.At(i)
		for k := range input {
			read[input[k]], asked[target[k]] = true, true
		}
	}
	for id := range n {
		require.Equal(t, id != n-1, read[id], "id %d as input", id)
		require.Equal(t, id != 0, asked[id], "id %d as target", id)
	}
}

func TestWindowsCopyNothing(t *testing.T) {
	ids := count(10)
	w, err := embeddings.NewWindows(ids, 4, 2)
	require.NoError(t, err)
	input, target := w.At(1)
	require.Same(t, &ids[2], &input[0])
	require.Same(t, &ids[3], &target[0])
}

func TestTextTooShortForAWindow(t *testing.T) {
	for _, n := range []int{0, 1, 3, 4} {
		_, err := embeddings.NewWindows(count(n), 4, 1)
		require.Error(t, err, "%d ids", n)
	}
	_, err := embeddings.NewWindows(count(3), 4, 1)
	require.ErrorContains(t, err, "3 ids")
	require.ErrorContains(t, err, "windows of 4")
	require.ErrorContains(t, err, "at least 5")
}

func TestWindowsMisuse(t *testing.T) {
	const message = "embeddings: window length or stride below 1"
	require.PanicsWithValue(t, message, func() { embeddings.NewWindows(count(9), 0, 1) })
	require.PanicsWithValue(t, message, func() { embeddings.NewWindows(count(9), 4, 0) })
	require.PanicsWithValue(t, message, func() { embeddings.NewWindows(count(9), 4, -1) })
}
