package roofline

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// A limit is what the best of so many rounds reaches: other work on the machine
// only ever takes away.
const (
	rounds = 5
	round  = 40 * time.Millisecond
)

// Peak is the number of float32 multiplications and additions that the cores do
// in a nanosecond, that is, GFLOP/s, in a loop that touches no memory. It is 0
// for a processor for which there is no such loop.
func Peak(cores int) float64 {
	best := 0.0
	for _, l := range peakLoops() {
		best = max(best, l.rate(cores))
	}
	return best
}

// Sums is what one core reaches, in GFLOP/s, when so many sums of eight float32s
// are under way at a time, each waiting for its own last multiply-add. There are
// loops for 1, 2, 4, 8 and 12; for another number, or another processor, it is 0.
func Sums(n int) float64 {
	for _, l := range sumLoops() {
		if l.sums == n {
			return l.rate(1)
		}
	}
	return 0
}

// A loop does, n times, one multiply-add in each of so many sums of lanes
// float32s.
type loop struct {
	sums, lanes int
	run         func(n int)
}

func (l loop) rate(cores int) float64 {
	const n = 10_000
	flops := float64(2 * n * l.sums * l.lanes)
	return flops * best(cores, func(int) { l.run(n) })
}

// Bandwidth is the number of bytes that the cores read in a nanosecond, GB/s,
// when each reads its share of size bytes over and over. Where a share fits a
// cache it is the cache's bandwidth.
func Bandwidth(cores, size int) float64 {
	share := make([][]float32, cores)
	for i := range share {
		share[i] = make([]float32, size/cores/4)
		for j := range share[i] {
			share[i][j] = 1 // the system gives no memory before it is written
		}
	}
	const piece = 1 << 18 // elements between two looks at the clock
	at := make([]int, cores)
	return float64(min(piece, len(share[0]))*4) * best(cores, func(core int) {
		x := share[core]
		if at[core] >= len(x) {
			at[core] = 0
		}
		end := min(at[core]+piece, len(x))
		f32.Sum(x[at[core]:end])
		at[core] = end
	})
}

// best is how often the cores together do the work in a nanosecond, in the best
// of several rounds.
func best(cores int, work func(core int)) float64 {
	rate := 0.0
	for range rounds {
		var group sync.WaitGroup
		rates := make([]float64, cores)
		for core := range cores {
			group.Go(func() { rates[core] = often(func() { work(core) }) })
		}
		group.Wait()
		sum := 0.0
		for _, r := range rates {
			sum += r
		}
		rate = max(rate, sum)
	}
	return rate
}

// often is how often one core does the work in a nanosecond.
func often(work func()) float64 {
	start := time.Now()
	for n := 1; ; n++ {
		work()
		if took := time.Since(start); took >= round {
			return float64(n) / float64(took)
		}
	}
}

// Machine names the processor, its cores, and the version of Go: what a number
// means nothing without.
func Machine() string {
	name := "an unnamed processor"
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if _, after, ok := strings.Cut(string(info), "model name"); ok {
			line, _, _ := strings.Cut(after, "\n")
			name = strings.Trim(line, "\t :")
		}
	}
	return fmt.Sprintf("%s, %d cores, %s %s/%s", name, runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
