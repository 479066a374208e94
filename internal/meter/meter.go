// Package meter shows how far something that takes minutes has come: one line,
// drawn again and again, on a terminal, and a plain line now and then elsewhere.
package meter

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// How long a meter is silent between two lines in a log, and between two drawings
// on a terminal.
const (
	lines    = 30 * time.Second
	drawings = 100 * time.Millisecond
)

// Meter follows work on a number of things: steps, answers, bytes.
type Meter struct {
	First, Done, Total int64 // of the things; First were done before. Total may be unknown: -1

	w           io.Writer
	bar         *progressbar.ProgressBar // nil where w is no terminal
	status      func(m *Meter) string
	begin, said time.Time
	between     time.Duration
}

// New returns a meter for work on total things, of which done were done before.
// What it says is the status and the time left.
func New(w io.Writer, done, total int64, status func(m *Meter) string) *Meter {
	return start(w, IsTerminal(w) && total > 0, done, total, status)
}

// Of returns a status that counts things by the name they have.
func Of(things string) func(m *Meter) string {
	return func(m *Meter) string { return fmt.Sprintf("%d of %d %s", m.Done, m.Total, things) }
}

func start(w io.Writer, terminal bool, done, total int64, status func(m *Meter) string) *Meter {
	now := time.Now()
	m := &Meter{w: w, status: status, begin: now, said: now, between: lines, First: done, Total: total}
	if terminal {
		m.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(behind(w).(io.Writer)), progressbar.OptionSetWidth(10),
			progressbar.OptionShowDescriptionAtLineEnd(), progressbar.OptionSetElapsedTime(false),
			progressbar.OptionSetPredictTime(false), progressbar.OptionClearOnFinish())
		m.between, m.said = drawings, time.Time{}
	}
	m.Set(done)
	return m
}

// Set says how many are done now. The last needs no more than the end of the work.
func (m *Meter) Set(done int64) {
	m.Done = done
	if time.Since(m.said) < m.between || done == m.Total {
		return
	}
	m.said = time.Now()
	if m.bar == nil {
		fmt.Fprintf(m.w, "  %s\n", m.line())
		return
	}
	m.bar.Set64(done)
	m.bar.Describe(m.line())
}

// Add counts n more.
func (m *Meter) Add(n int) { m.Set(m.Done + int64(n)) }

// line is the status and, once it can be foretold, the time left.
func (m *Meter) line() string {
	if m.Done <= m.First || m.Total < 0 {
		return m.status(m)
	}
	left := float64(time.Since(m.begin)) / float64(m.Done-m.First) * float64(m.Total-m.Done)
	return fmt.Sprintf("%s, %v left", m.status(m), time.Duration(left).Round(time.Second))
}

// PerSecond is how many of n there have been in a second.
func (m *Meter) PerSecond(n int64) float64 { return float64(n) / time.Since(m.begin).Seconds() }

// Clear takes the line off a terminal, before something else is printed.
func (m *Meter) Clear() {
	if m.bar != nil {
		m.bar.Clear()
	}
}

// IsTerminal reports whether w is a terminal, or leads to one.
func IsTerminal(w any) bool {
	f, ok := behind(w).(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// behind is what w writes to, if it says so: a bar draws with characters that are
// kept from a terminal otherwise.
func behind(w any) any {
	if o, ok := w.(interface{ Behind() io.Writer }); ok {
		return o.Behind()
	}
	return w
}
