package topk_test

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/topk"
)

// sorted is Descending's plain twin.
func sorted(values []float32) []int {
	indices := make([]int, len(values))
	for i := range indices {
		indices[i] = i
	}
	slices.SortStableFunc(indices, func(a, b int) int { return cmp.Compare(values[b], values[a]) })
	return indices
}

// Many values are equal, and some infinite.
func TestDescendingIsAStableSort(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{0, 1, 2, 63, 64, 65, 129, 1000, 5000} {
		for _, few := range []int{2, 30, 1 << 20} {
			values := make([]float32, n)
			for i := range values {
				values[i] = float32(rng.IntN(few)) - 5
			}
			if n > 100 {
				values[7], values[99] = float32(math.Inf(1)), float32(math.Inf(-1))
			}
			before, want := slices.Clone(values), sorted(values)
			require.Equal(t, want, append([]int{}, slices.Collect(topk.Descending(values))...))
			require.Equal(t, before, values)
			for i := range topk.Descending(values) { // broken off, and begun again
				require.Equal(t, want[0], i)
				break
			}
		}
	}
}

// Whatever the values, each index comes once.
func TestDescendingOfNaNs(t *testing.T) {
	nan := float32(math.NaN())
	values := make([]float32, 300)
	for i := range values {
		if values[i] = nan; i%7 == 0 {
			values[i] = float32(i)
		}
	}
	got := slices.Collect(topk.Descending(values))
	slices.Sort(got)
	require.Len(t, slices.Compact(got), 300)
}

func BenchmarkDescending(b *testing.B) {
	rng := rand.New(rand.NewPCG(2, 2))
	values := make([]float32, 50257)
	for i := range values {
		values[i] = float32(3 * rng.NormFloat64())
	}
	b.Run("40", func(b *testing.B) {
		for b.Loop() {
			n := 0
			for range topk.Descending(values) {
				if n++; n == 40 {
					break
				}
			}
		}
	})
	b.Run("sorted", func(b *testing.B) {
		for b.Loop() {
			sorted(values)
		}
	})
}
