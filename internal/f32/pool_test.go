package f32_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// marks counts how often each index was done, and keeps the pieces' ends.
type marks struct {
	count []atomic.Int32
	end   []atomic.Int32
	inner *marks // done for [0,10) inside every piece, if not nil
}

func newMarks(n int) *marks {
	return &marks{count: make([]atomic.Int32, n), end: make([]atomic.Int32, n)}
}

func (m *marks) Do(lo, hi int) {
	for i := lo; i < hi; i++ {
		m.count[i].Add(1)
	}
	m.end[lo].Store(int32(hi))
	if m.inner != nil {
		f32.Run(10, 3, m.inner.Do)
	}
}

func TestRunDoesEveryPieceOnce(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, procs := range []int{1, 2, 7, 1, 3} {
		runtime.GOMAXPROCS(procs)
		for _, n := range []int{0, 1, 2, 9, 10, 11, 1000} {
			for _, grain := range []int{1, 3, 10, 2000} {
				m := newMarks(n)
				f32.Run(n, grain, m.Do)
				for i := range n {
					require.EqualValues(t, 1, m.count[i].Load(), "procs %d n %d grain %d index %d", procs, n, grain, i)
					end := 0
					if i%grain == 0 {
						end = min(i+grain, n)
					}
					require.EqualValues(t, end, m.end[i].Load())
				}
			}
		}
	}
}

// Many short jobs one after the other: a worker that wakes late must not take
// part in a job it was not called for.
func TestRunBackToBack(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	for round := range 5000 {
		m := newMarks(1 + round%17)
		f32.Run(len(m.count), 1+round%3, m.Do)
		for i := range m.count {
			require.EqualValues(t, 1, m.count[i].Load())
		}
	}
}

func TestRunNestedAndConcurrent(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	var wg sync.WaitGroup
	inner := newMarks(10)
	for range 8 {
		wg.Go(func() {
			for range 50 {
				m := newMarks(100)
				m.inner = inner
				f32.Run(100, 10, m.Do)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 8*50*10, inner.count[9].Load())
}

// failing fails in the piece that holds at.
func failing(at int) func(lo, hi int) {
	return func(lo, hi int) {
		if lo <= at && at < hi {
			panic("f32_test: this piece fails")
		}
	}
}

func TestRunPassesPanicsOn(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	for at := range 20 {
		require.PanicsWithValue(t, "f32_test: this piece fails", func() { f32.Run(20, 1, failing(at)) })
	}
	m := newMarks(20) // and the workers still work
	f32.Run(20, 1, m.Do)
	require.EqualValues(t, 1, m.count[19].Load())
	require.Panics(t, func() { f32.Run(3, 0, m.Do) })
}

func TestRunAllocatesNothing(t *testing.T) {
	do := newMarks(64).Do
	require.Zero(t, testing.AllocsPerRun(100, func() { f32.Run(64, 4, do) }))
}

func BenchmarkRun(b *testing.B) {
	m := newMarks(2)
	for b.Loop() {
		f32.Run(2, 1, m.Do)
	}
}
