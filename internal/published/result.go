package published

import (
	"fmt"
	"strings"
)

// A Result is what an experiment gave.
type Result struct {
	Name string
	Rows []Row
}

// Count counts the rows: those that are equal, those that differ and say why, and
// those that differ.
func (r Result) Count() (equal, explained, different int) {
	for _, row := range r.Rows {
		switch {
		case row.Equal():
			equal++
		case row.Why != "":
			explained++
		default:
			different++
		}
	}
	return equal, explained, different
}

// Summary is a table with a line for each experiment and one for all of them.
func Summary(results []Result) string {
	var b strings.Builder
	b.WriteString("values  equal  explained  different\n")
	total := Result{Name: "all"}
	for _, r := range results {
		b.WriteString(r.line())
		total.Rows = append(total.Rows, r.Rows...)
	}
	return b.String() + total.line()
}

func (r Result) line() string {
	equal, explained, different := r.Count()
	return fmt.Sprintf("%6d %6d %10d %10d  %s\n", len(r.Rows), equal, explained, different, r.Name)
}
