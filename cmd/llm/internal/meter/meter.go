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

// Meter follows a training run.
type Meter struct {
	w           io.Writer
	bar         *progressbar.ProgressBar // nil where w is no terminal
	begin       time.Time
	first       int // steps that were done before
	done, total int
	tokens      int
	loss        float64
}

// New returns a meter for a run of total steps, of which done were done before.
func New(w io.Writer, done, total int) *Meter {
	m := &Meter{w: w, begin: time.Now(), first: done, done: done, total: total}
	if IsTerminal(w) {
		m.bar = newBar(w, int64(total), "")
		m.bar.Set(done)
	}
	return m
}

// newBar is the look of all bars: the time left is for the caller to say.
func newBar(w io.Writer, total int64, status string) *progressbar.ProgressBar {
	return progressbar.NewOptions64(total, progressbar.OptionSetWriter(behind(w).(io.Writer)), progressbar.OptionSetWidth(20),
		progressbar.OptionSetDescription(status), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionShowDescriptionAtLineEnd(),
		progressbar.OptionSetElapsedTime(false), progressbar.OptionSetPredictTime(false), progressbar.OptionClearOnFinish())
}

// Step counts one more step.
func (m *Meter) Step(loss float64, tokens int) {
	m.done++
	m.tokens += tokens
	m.loss = loss
	if m.bar != nil {
		m.bar.Describe(m.status())
		m.bar.Set(m.done)
	}
}

// status is the loss, the speed and the time left.
func (m *Meter) status() string {
	elapsed := time.Since(m.begin)
	left := time.Duration(float64(elapsed) / float64(max(m.done-m.first, 1)) * float64(m.total-m.done))
	return fmt.Sprintf("loss %.3f, %.0f tokens/s, %v left", m.loss, float64(m.tokens)/elapsed.Seconds(), left.Round(time.Second))
}

// Clear takes the line off a terminal, before something else is printed.
func (m *Meter) Clear() {
	if m.bar != nil {
		m.bar.Clear()
	}
}

// Line prints the state as a plain line, unless a terminal shows it anyway.
func (m *Meter) Line() {
	if m.bar == nil && m.done > m.first && m.done < m.total {
		fmt.Fprintf(m.w, "  %d of %d steps, %s\n", m.done, m.total, m.status())
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
