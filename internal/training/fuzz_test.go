package training

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzContinue: whatever a run's log and samples have come to, what is gone on from
// is a log that can be read, in order and up to the step, and a beginning of the
// samples.
func FuzzContinue(f *testing.F) {
	log := header + "0,,5.5,,\n1,5.25,,0.001,1.5\n2,5,4.75,0.002,NaN\n"
	samples := sampleMark + "1\n\nThe Rays\n\n" + sampleMark + "2\n\nof Light\n\n"
	f.Add(log, samples, 1)
	f.Add(log+"3,1", samples[:30], 9)                                   // broken off
	f.Add(log[:60]+strings.Repeat("\x00", 40), "\x00\x00\n"+samples, 2) // without power
	f.Add("step,loss\n1,2\n", "no mark\n", 0)
	f.Add(header+"2,1,1,1,1\n1,1,1,1,1\n-1,,,,\n", sampleMark+"x", -5)
	f.Fuzz(func(t *testing.T, log, samples string, step int) {
		require.True(t, strings.HasPrefix(samples, samplesUpTo(samples, step)))
		rows := ReadLog(log, step)
		last := -1
		for _, r := range rows {
			require.Greater(t, r.Step, last)
			require.LessOrEqual(t, r.Step, step)
			last = r.Step
		}
		c := record{rows: rows}
		require.Len(t, ReadLog(string(c.log()), step), len(rows))
	})
}
