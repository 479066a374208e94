package meter

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// between is how long a meter of items is silent where w is no terminal.
const between = 30 * time.Second

// Items follows work on things of which each takes its time.
type Items struct {
	w           io.Writer
	what        string
	bar         *progressbar.ProgressBar // nil where w is no terminal
	begin, said time.Time
	first       int // that were done before
	done, total int
}

// NewItems returns a meter for work on total things, of which done were done
// before.
func NewItems(w io.Writer, what string, done, total int) *Items {
	now := time.Now()
	m := &Items{w: w, what: what, begin: now, said: now, first: done, done: done, total: total}
	if IsTerminal(w) {
		m.bar = newBar(w, int64(total), m.status())
		m.bar.Set(done)
	}
	return m
}

// Add counts n more.
func (m *Items) Add(n int) {
	m.done += n
	switch {
	case m.bar != nil:
		m.bar.Describe(m.status())
		m.bar.Set(m.done)
	case m.done < m.total && time.Since(m.said) >= between:
		m.said = time.Now()
		fmt.Fprintf(m.w, "  %s\n", m.status())
	}
}

// status is how many there are, and the time left.
func (m *Items) status() string {
	left := time.Duration(float64(time.Since(m.begin)) / float64(max(m.done-m.first, 1)) * float64(m.total-m.done))
	return fmt.Sprintf("%d of %d %s, %v left", m.done, m.total, m.what, left.Round(time.Second))
}

// Clear takes the line off a terminal, before something else is printed.
func (m *Items) Clear() {
	if m.bar != nil {
		m.bar.Clear()
	}
}
