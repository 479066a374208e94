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

// together is the result of all experiments.
func together(results []Result) Result {
	all := Result{Name: "all"}
	for _, r := range results {
		all.Rows = append(all.Rows, r.Rows...)
	}
	return all
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
	for _, r := range append(results[:len(results):len(results)], together(results)) {
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
		said, show := "equal", shortened
		if !row.Equal() {
			said, show = "different", inLine
			if row.Off != 0 {
				said = fmt.Sprintf("off by %.2g", row.Off)
			}
			if row.Why != "" {
				said += ": " + row.Why
			}
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

// shortened is inLine for what is equal anyway: of a long text it keeps the beginning
// and the end.
func shortened(s string) string {
	const most = 48
	s = inLine(s)
	if r := []rune(s); len(r) > most {
		return string(r[:most/2]) + " … " + string(r[len(r)-most/2+3:])
	}
	return s
}

// A compared row is one as -json prints it.
type compared struct {
	Experiment string  `json:"experiment"`
	Where      string  `json:"where"`
	Published  string  `json:"published"`
	Ours       string  `json:"ours"`
	Equal      bool    `json:"equal"`
	Off        float64 `json:"off,omitempty"`
	Why        string  `json:"why,omitempty"`
}

// listRows lists the rows of all results for -json.
func listRows(results []Result) []compared {
	list := []compared{}
	for _, r := range results {
		for _, row := range r.Rows {
			if row.Off-row.Off != 0 {
				row.Off = 0 // JSON has no name for what is not finite
			}
			list = append(list, compared{r.Name, row.Where, row.Published, row.Ours, row.Equal(), row.Off, row.Why})
		}
	}
	return list
}
