package roofline

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// Only what must hold on any machine, however busy.
func TestLimits(t *testing.T) {
	require.Positive(t, Bandwidth(1, 1<<20))
	require.Zero(t, Sums(3), "there is no such loop")
	if len(peakLoops()) == 0 {
		require.Zero(t, Peak(1))
		return
	}
	require.Positive(t, Sums(1))
	require.Greater(t, Peak(1), Sums(1), "one sum waits for itself")
}

// The benchmarks report limits: the time that it took to find them says nothing.
func BenchmarkLimit(b *testing.B) {
	all := runtime.GOMAXPROCS(0)
	report := func(name, unit string, limit func() float64) {
		b.Run(name, func(b *testing.B) {
			found := limit()
			for b.Loop() {
			}
			b.ReportMetric(0, "ns/op") // takes it out of the line
			b.ReportMetric(found, unit)
		})
	}
	report("peak/one", "GFLOP/s", func() float64 { return Peak(1) })
	report("peak/all", "GFLOP/s", func() float64 { return Peak(all) })
	report("memory/one", "GB/s", func() float64 { return Bandwidth(1, 1<<30) })
	report("memory/all", "GB/s", func() float64 { return Bandwidth(all, 1<<30) })
	report("cache/one", "GB/s", func() float64 { return Bandwidth(1, 256<<10) })
	for _, l := range sumLoops() {
		report(fmt.Sprintf("sums/%d", l.sums), "GFLOP/s", func() float64 { return Sums(l.sums) })
	}
}
