package meter

import (
	"fmt"
	"io"

	"github.com/llm-from-scratch/llm/internal/fetch"
)

// Download follows a download: what it will fetch, how far it has come, and why
// it waits.
type Download struct {
	Name     string // what is downloaded
	w        io.Writer
	terminal bool
	meter    *Meter // nil before anything is known
	last     fetch.Report
	event    string // the latest, if nothing has come after it
}

// Bytes returns a meter for the download of name. Its Tell is for [fetch.Get] to
// call.
func Bytes(w io.Writer, name string) *Download {
	return &Download{w: w, Name: name, terminal: IsTerminal(w)}
}

// Tell shows a report: a line for what happens, and a meter for the bytes.
func (d *Download) Tell(r fetch.Report) {
	if r.Event != "" {
		if r.Event != d.event { // the fifth time that there is no network
			d.line(r.Event)
		}
		d.event = r.Event
		return
	}
	d.event, d.last = "", r
	if d.meter == nil {
		d.line(toFetch(r))
		d.meter = start(d.w, d.terminal && r.Total > 0, r.Done, r.Total, d.status)
	}
	d.meter.Set(r.Done)
}

// toFetch says how much there is to fetch, and from where.
func toFetch(r fetch.Report) string {
	what := fetch.Size(r.Total) + " to fetch"
	switch {
	case r.Total < 0:
		what = "fetching it"
	case r.Done > 0:
		what = fmt.Sprintf("%s of %s are there, %s to fetch", fetch.Size(r.Done), fetch.Size(r.Total), fetch.Size(r.Total-r.Done))
	}
	return fmt.Sprintf("%s from %s into %s", what, r.From, r.Into)
}

// status is how much has come, and the speed.
func (d *Download) status(m *Meter) string {
	if d.last.Done <= m.First || d.last.Total < 0 {
		return come(d.last)
	}
	return fmt.Sprintf("%s, %s/s", come(d.last), fetch.Size(int64(m.PerSecond(d.last.Done-m.First))))
}

// come is how much has come.
func come(r fetch.Report) string {
	if r.Total < 0 {
		return fetch.Size(r.Done)
	}
	return fmt.Sprintf("%s of %s", fetch.Size(r.Done), fetch.Size(r.Total))
}

// Stopped says what has come of a download that does not go on, or "" if nothing
// has.
func (d *Download) Stopped() string {
	if d.last.Done == 0 {
		return ""
	}
	return come(d.last)
}

// Clear takes the bar off a terminal, before something else is printed.
func (d *Download) Clear() {
	if d.meter != nil {
		d.meter.Clear()
	}
}

func (d *Download) line(text string) {
	d.Clear()
	fmt.Fprintf(d.w, "%s: %s\n", d.Name, text)
}
