package meter

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/llm-from-scratch/llm/internal/fetch"
)

// Download follows a download: what it will fetch, how far it has come, and why
// it waits.
type Download struct {
	Name     string // what is downloaded
	w        io.Writer
	terminal bool
	bar      *progressbar.ProgressBar // nil where there is none now
	now      func() time.Time
	begin    time.Time // zero before anything is known
	first    int64     // bytes that had come before
	last     fetch.Report
	event    string    // the latest, if nothing has come after it
	told     time.Time // when the last line was written,
	share    int64     // and how many tenths were there
}

// Bytes returns a meter for the download of name. Its Tell is for [fetch.Get] to
// call.
func Bytes(w io.Writer, name string) *Download {
	return &Download{w: w, Name: name, terminal: IsTerminal(w), now: time.Now}
}

// Tell shows a report: a line for what happens, and for the bytes a bar on a
// terminal, or elsewhere a line for each tenth, at most one a second and at least
// one in ten.
func (d *Download) Tell(r fetch.Report) {
	if r.Event != "" {
		if r.Event != d.event { // the fifth time that there is no network
			d.line("%s", r.Event)
		}
		d.event = r.Event
		return
	}
	d.event, d.last = "", r
	if d.begin.IsZero() {
		d.start(r)
	}
	if d.terminal && r.Total > 0 {
		d.draw(r)
		return
	}
	since, share := d.now().Sub(d.told), 10*r.Done/max(r.Total, 1)
	if since >= 10*time.Second || since >= time.Second && share != d.share && r.Total > 0 {
		d.line("%s", d.status())
		d.share = share
	}
}

// start says how much there is to fetch, and from where.
func (d *Download) start(r fetch.Report) {
	d.begin, d.first = d.now(), r.Done
	switch {
	case r.Total < 0:
		d.line("fetching it from %s into %s", r.From, r.Into)
	case r.Done > 0:
		d.line("%s of %s are there, %s to fetch from %s into %s",
			fetch.Size(r.Done), fetch.Size(r.Total), fetch.Size(r.Total-r.Done), r.From, r.Into)
	default:
		d.line("%s to fetch from %s into %s", fetch.Size(r.Total), r.From, r.Into)
	}
	if r.Total > 0 {
		d.share = 10 * r.Done / r.Total
	}
}

// draw moves the bar. One that has to go back is drawn anew.
func (d *Download) draw(r fetch.Report) {
	if d.bar != nil && r.Done < int64(d.bar.State().CurrentBytes) {
		d.Clear()
	}
	if d.bar == nil {
		d.bar = newBar(d.w, r.Total, d.status())
	}
	d.bar.Set64(r.Done)
	d.bar.Describe(d.status())
}

// status is how much has come, the speed and the time left.
func (d *Download) status() string {
	r, elapsed := d.last, d.now().Sub(d.begin).Seconds()
	if r.Total <= 0 {
		return fetch.Size(r.Done)
	}
	come := fmt.Sprintf("%s of %s", fetch.Size(r.Done), fetch.Size(r.Total))
	if r.Done <= d.first || elapsed <= 0 {
		return come
	}
	speed := float64(r.Done-d.first) / elapsed
	left := time.Duration(float64(r.Total-r.Done) / speed * float64(time.Second))
	return fmt.Sprintf("%s, %s/s, %v left", come, fetch.Size(int64(speed)), left.Round(time.Second))
}

// Stopped says what has come of a download that does not go on, or "" if nothing
// has.
func (d *Download) Stopped() string {
	switch {
	case d.last.Done == 0:
		return ""
	case d.last.Total < 0:
		return fetch.Size(d.last.Done)
	}
	return fmt.Sprintf("%s of %s", fetch.Size(d.last.Done), fetch.Size(d.last.Total))
}

// Clear takes the bar off a terminal, before something else is printed.
func (d *Download) Clear() {
	if d.bar != nil {
		d.bar.Clear()
		d.bar = nil
	}
}

func (d *Download) line(format string, args ...any) {
	d.Clear()
	d.told = d.now()
	fmt.Fprintf(d.w, "%s: %s\n", d.Name, fmt.Sprintf(format, args...))
}
