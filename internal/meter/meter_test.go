package meter

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/llm-from-scratch/llm/internal/fetch"
)

// Elsewhere than on a terminal there is a line each half minute, which foretells
// the end by what was done since the meter began.
func TestItemsInALog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		m := New(&out, 10, 20, Of("answers"))
		for range 10 {
			time.Sleep(20 * time.Second)
			m.Add(1)
		}
		m.Clear()
		assert.Equal(t, "  12 of 20 answers, 2m40s left\n  14 of 20 answers, 2m0s left\n"+
			"  16 of 20 answers, 1m20s left\n  18 of 20 answers, 40s left\n", out.String())
	})
}

func TestItemsOnATerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		m := start(&out, true, 0, 4, Of("answers"))
		assert.Contains(t, out.String(), "0% |          |  0 of 4 answers")
		time.Sleep(time.Minute)
		m.Add(2)
		assert.Contains(t, out.String(), " 50% |█████     |  2 of 4 answers, 1m0s left")
		assert.NotContains(t, out.String(), "\n", "one line is drawn again and again")
		m.Clear()
		assert.True(t, strings.HasSuffix(out.String(), "\r"))
	})
}

// slow tells d of a download of a hundred pieces, of which some are there, each
// taking this time.
func slow(d *Download, there int, each time.Duration) {
	for i := there; i <= 100; i++ {
		d.Tell(fetch.Report{Done: int64(i) * 1e6, Total: 100e6, From: "a.example", Into: "/data"})
		time.Sleep(each)
	}
}

func TestDownloadInALog(t *testing.T) {
	for name, c := range map[string]struct {
		there int
		each  time.Duration
		want  []string // the beginning
		lines int
	}{
		"fast": {0, time.Millisecond, []string{"gpt2: 100 MB to fetch from a.example into /data"}, 1},
		"a line each half minute": {0, time.Second, []string{
			"gpt2: 100 MB to fetch from a.example into /data",
			"  30 MB of 100 MB, 1.0 MB/s, 1m10s left",
			"  60 MB of 100 MB, 1.0 MB/s, 40s left",
		}, 4},
		"the rest": {75, 10 * time.Second, []string{
			"gpt2: 75 MB of 100 MB are there, 25 MB to fetch from a.example into /data",
			"  78 MB of 100 MB, 100 kB/s, 3m40s left",
		}, 9},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out bytes.Buffer
				slow(Bytes(&out, "gpt2"), c.there, c.each)
				lines := strings.Split(strings.TrimSpace(out.String()), "\n")
				assert.Equal(t, c.want, lines[:len(c.want)])
				assert.Len(t, lines, c.lines)
			})
		})
	}
}

func TestDownloadOfUnknownSize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		d := Bytes(&out, "sms-spam")
		assert.Empty(t, d.Stopped())
		d.Tell(fetch.Report{Total: -1, From: "a.example", Into: "/data"})
		time.Sleep(time.Minute)
		d.Tell(fetch.Report{Done: 2000, Total: -1})
		assert.Equal(t, "sms-spam: fetching it from a.example into /data\n  2.0 kB\n", out.String())
		assert.Equal(t, "2.0 kB", d.Stopped())
	})
}
func TestDownloadTellsAnEventOnce(t *testing.T) {
	var out bytes.Buffer
	d := Bytes(&out, "gpt2")
	broken := fetch.Report{Event: "the connection broke"}
	d.Tell(broken)
	d.Tell(broken)
	d.Tell(fetch.Report{Done: 10e6, Total: 100e6, From: "a.example", Into: "/data"})
	d.Tell(broken)
	assert.Equal(t, "gpt2: the connection broke\n"+
		"gpt2: 10 MB of 100 MB are there, 90 MB to fetch from a.example into /data\n"+
		"gpt2: the connection broke\n", out.String())
	assert.Equal(t, "10 MB of 100 MB", d.Stopped())
}

func TestDownloadOnATerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		d := Bytes(&out, "gpt2")
		d.terminal = true
		tell := func(done int64) string {
			out.Reset()
			d.Tell(fetch.Report{Done: done, Total: 100e6, From: "a.example", Into: "/data"})
			time.Sleep(time.Second)
			return out.String()
		}
		first, bar, _ := strings.Cut(tell(0), "\n")
		assert.Equal(t, "gpt2: 100 MB to fetch from a.example into /data", first)
		assert.Contains(t, bar, "   0% |          |  0 bytes of 100 MB")
		assert.Contains(t, tell(80e6), "  80% |████████  |  80 MB of 100 MB, 80 MB/s, 0s left")
		back := tell(50e6) // a server that begins anew
		assert.Contains(t, back, "  50% |█████     |  50 MB of 100 MB, 25 MB/s, 2s left")
		assert.NotContains(t, back, "\n", "one line is drawn again and again")
		out.Reset()
		d.Tell(fetch.Report{Event: "the connection broke"})
		cleared, line, _ := strings.Cut(out.String(), "gpt2: ")
		assert.True(t, strings.HasSuffix(cleared, "\r"), "%q", cleared)
		assert.Equal(t, "the connection broke\n", line)
		assert.Contains(t, tell(60e6), "  60% |██████    |", "it goes on")
	})
}
