package meter

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/llm-from-scratch/llm/internal/fetch"
)

// slow tells d of a download of a hundred pieces, of which some are there, each
// taking this time.
func slow(d *Download, there int, each time.Duration) {
	clock := time.Unix(0, 0)
	d.now = func() time.Time { return clock }
	for i := there; i <= 100; i++ {
		d.Tell(fetch.Report{Done: int64(i) * 1e6, Total: 100e6, From: "a.example", Into: "/data"})
		clock = clock.Add(each)
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
		"a line for each tenth": {0, time.Second, []string{
			"gpt2: 100 MB to fetch from a.example into /data",
			"gpt2: 10 MB of 100 MB, 1.0 MB/s, 1m30s left",
			"gpt2: 20 MB of 100 MB, 1.0 MB/s, 1m20s left",
		}, 11},
		"a line each ten seconds": {0, 5 * time.Second, []string{
			"gpt2: 100 MB to fetch from a.example into /data",
			"gpt2: 2.0 MB of 100 MB, 200 kB/s, 8m10s left",
		}, 51},
		"the rest": {75, 2 * time.Second, []string{
			"gpt2: 75 MB of 100 MB are there, 25 MB to fetch from a.example into /data",
			"gpt2: 80 MB of 100 MB, 500 kB/s, 40s left",
		}, 6},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			slow(Bytes(&out, "gpt2"), c.there, c.each)
			lines := strings.Split(strings.TrimSpace(out.String()), "\n")
			assert.Equal(t, c.want, lines[:len(c.want)])
			assert.Len(t, lines, c.lines)
		})
	}
}

func TestDownloadOfUnknownSize(t *testing.T) {
	var out bytes.Buffer
	d := Bytes(&out, "sms-spam")
	assert.Empty(t, d.Stopped())
	d.Tell(fetch.Report{Total: -1, From: "a.example", Into: "/data"})
	clock := time.Now().Add(time.Minute)
	d.now = func() time.Time { return clock }
	d.Tell(fetch.Report{Done: 2000, Total: -1})
	assert.Equal(t, "sms-spam: fetching it from a.example into /data\nsms-spam: 2.0 kB\n", out.String())
	assert.Equal(t, "2.0 kB", d.Stopped())
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
	var out bytes.Buffer
	d := Bytes(&out, "gpt2")
	d.terminal = true
	slow(d, 0, 0)
	assert.True(t, strings.HasPrefix(out.String(), "gpt2: 100 MB to fetch from a.example into /data\n"))
	assert.Contains(t, out.String(), "   0% |                    |  0 bytes of 100 MB")
	assert.Equal(t, 1, strings.Count(out.String(), "\n"), "one line is drawn again and again")

	out.Reset()
	d.Tell(fetch.Report{Done: 50e6, Total: 100e6}) // a server that begins anew
	assert.Contains(t, out.String(), "  50% |██████████          |  50 MB of 100 MB")
	out.Reset()
	d.Tell(fetch.Report{Event: "the connection broke"})
	cleared, line, _ := strings.Cut(out.String(), "gpt2: ")
	assert.True(t, strings.HasSuffix(cleared, "\r"), "%q", cleared)
	assert.Equal(t, "the connection broke\n", line)
}
