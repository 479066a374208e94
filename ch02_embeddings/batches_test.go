package embeddings_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
)

func windows(t testing.TB, ids []int, length, stride int) embeddings.Windows {
	t.Helper()
	w, err := embeddings.NewWindows(ids, length, stride)
	require.NoError(t, err)
	return w
}

// inputs runs one epoch and returns a copy of the inputs of each batch.
func inputs(w embeddings.Windows, size int, rng *rand.Rand) [][]int {
	var all [][]int
	for b := range w.Batches(size, rng) {
		all = append(all, slices.Clone(b.Inputs))
	}
	return all
}

func TestFirstBatchOfTheVerdict(t *testing.T) {
	n := 0
	for b := range windows(t, verdict, 4, 4).Batches(8, nil) {
		n++
		require.Equal(t, 8, b.B)
		require.Equal(t, 4, b.T)
		require.Equal(t, verdict[:32], b.Inputs)
		require.Equal(t, []int{3285, 326, 11, 287}, b.Targets[28:])
		require.Equal(t, verdict[1:], b.Targets)
	}
	require.Equal(t, 1, n)
}

// Exercise 2.2 of the published chapter: two other shapes of window.
func TestOtherShapesOfTheVerdict(t *testing.T) {
	require.Equal(t, []int{40, 367, 2885, 1464, 1807, 3619, 402, 271},
		inputs(windows(t, verdict, 2, 2), 4, nil)[0])
	require.Equal(t, []int{
		40, 367, 2885, 1464, 1807, 3619, 402, 271,
		2885, 1464, 1807, 3619, 402, 271, 10899, 2138,
		1807, 3619, 402, 271, 10899, 2138, 257, 7026,
		402, 271, 10899, 2138, 257, 7026, 15632, 438,
	}, inputs(windows(t, verdict, 8, 2), 4, nil)[0])
}

func TestBatchesInOrder(t *testing.T) {
	all := inputs(windows(t, count(1001), 4, 4), 2, nil)
	require.Len(t, all, 125)
	require.Equal(t, []int{0, 1, 2, 3, 4, 5, 6, 7}, all[0])
	require.Equal(t, []int{992, 993, 994, 995, 996, 997, 998, 999}, all[124])
}

// A shuffled epoch deals every window out exactly once, whole, and in another
// order than the text's.
func TestShuffledEpochIsAPermutation(t *testing.T) {
	w := windows(t, count(1001), 4, 4)
	rng := rand.New(rand.NewPCG(7, 7))
	var starts []int
	for b := range w.Batches(5, rng) {
		for row := range b.B {
			input, target := b.Inputs[row*b.T:][:b.T], b.Targets[row*b.T:][:b.T]
			at := input[0]
			require.Equal(t, []int{at, at + 1, at + 2, at + 3}, input)
			require.Equal(t, []int{at + 1, at + 2, at + 3, at + 4}, target)
			starts = append(starts, at/4)
		}
	}
	require.NotEqual(t, count(250), starts)
	slices.Sort(starts)
	require.Equal(t, count(250), starts)
}

// All 24 orders of four windows turn up equally often: a shuffle with an
// off-by-one never leaves a window in place, or prefers some orders.
func TestShuffleIsFair(t *testing.T) {
	w := windows(t, count(5), 1, 1)
	rng := rand.New(rand.NewPCG(3, 4))
	const epochs = 24 * 500
	seen := map[[4]int]int{}
	for range epochs {
		for b := range w.Batches(4, rng) {
			seen[[4]int(b.Inputs)]++
		}
	}
	require.Len(t, seen, 24)
	chi2 := 0.0
	for _, n := range seen {
		chi2 += float64((n-500)*(n-500)) / 500
	}
	require.Less(t, chi2, 49.7, "23 degrees of freedom: beyond 49.7 once in a thousand seeds")
}

func TestSameSeedSameOrder(t *testing.T) {
	w := windows(t, count(300), 3, 2)
	epochs := func(seed uint64) [2][][]int {
		rng := rand.New(rand.NewPCG(seed, 0))
		return [2][][]int{inputs(w, 4, rng), inputs(w, 4, rng)}
	}
	require.Equal(t, epochs(1), epochs(1))
	require.NotEqual(t, epochs(1), epochs(2))
	require.NotEqual(t, epochs(1)[0], epochs(1)[1], "the second epoch is in another order")
}

// Whether a loop runs to its end or not, it draws the same random numbers: a
// run that is resumed in the middle of an epoch needs only the state at its
// beginning and the number of batches seen.
func TestLeavingALoopEarly(t *testing.T) {
	w := windows(t, count(100), 3, 3)
	whole, left := rand.New(rand.NewPCG(1, 1)), rand.New(rand.NewPCG(1, 1))
	inputs(w, 4, whole)
	for range w.Batches(4, left) {
		break
	}
	require.Equal(t, whole.Uint64(), left.Uint64())
}

func TestOnlyWholeBatches(t *testing.T) {
	w := windows(t, count(11), 1, 1) // 10 windows
	for size, want := range map[int]int{1: 10, 3: 3, 4: 2, 10: 1, 11: 0, 100: 0} {
		require.Len(t, inputs(w, size, nil), want, "batches of %d", size)
	}
}

func TestBatchesMisuse(t *testing.T) {
	w := windows(t, count(11), 1, 1)
	require.PanicsWithValue(t, "embeddings: batch size below 1", func() { w.Batches(0, nil) })
}

// A loop allocates its order and its two slices when it begins, and nothing
// for a batch: an epoch of 100 batches costs no more than one of 10.
func TestBatchesAllocateOnceAnEpoch(t *testing.T) {
	allocs := func(n int) float64 {
		w := windows(t, count(n), 4, 4)
		rng := rand.New(rand.NewPCG(1, 1))
		return testing.AllocsPerRun(10, func() {
			for range w.Batches(2, rng) {
			}
		})
	}
	short, long := allocs(81), allocs(801)
	require.Equal(t, short, long)
	require.LessOrEqual(t, long, 8.0)
}

func BenchmarkBatches(b *testing.B) {
	w := windows(b, count(1<<16+1), 256, 256)
	rng := rand.New(rand.NewPCG(1, 1))
	b.SetBytes(2 * 8 << 16)
	b.ReportAllocs()
	for b.Loop() {
		for range w.Batches(8, rng) {
		}
	}
}
