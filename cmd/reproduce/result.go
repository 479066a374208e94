package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
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
	all := Result{Name: "all"}
	for _, r := range results {
		all.Rows = append(all.Rows, r.Rows...)
	}
	for _, r := range append(results[:len(results):len(results)], all) {
		equal, explained, different := r.Count()
		fmt.Fprintf(&b, "%6d %6d %10d %10d  %s\n", len(r.Rows), equal, explained, different, r.Name)
	}
	return b.String()
}

// write prints the table of one experiment.
func (r Result) write(out io.Writer) error {
	t := table(out)
	fmt.Fprintf(t, "%s\tPUBLISHED\tOURS\t\n", strings.ToUpper(r.Name))
	for _, row := range r.Rows {
		said := "equal"
		switch {
		case row.Equal():
		case row.Off != 0:
			said = fmt.Sprintf("off by %.2g", row.Off)
		default:
			said = "different"
		}
		if row.Why != "" && !row.Equal() {
			said += ": " + row.Why
		}
		show := inLine
		if row.Equal() {
			show = func(s string) string { return shortened(inLine(s)) }
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", inLine(row.Where), show(row.Published), show(row.Ours), said)
	}
	fmt.Fprintln(t)
	return t.Flush()
}

// table returns a writer that aligns columns set apart by tabs.
func table(out io.Writer) *tabwriter.Writer { return tabwriter.NewWriter(out, 0, 0, 2, ' ', 0) }

// inLine writes ends of lines and tabs so that they do not break the table.
func inLine(s string) string {
	return strings.NewReplacer("\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(s)
}

// shortened keeps the beginning and the end of what is long and equal anyway.
func shortened(s string) string {
	const most = 48
	if r := []rune(s); len(r) > most {
		return string(r[:most/2]) + " … " + string(r[len(r)-most/2+3:])
	}
	return s
}
