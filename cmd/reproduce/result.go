package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Count counts the rows: those that are equal, those that differ and say why, and
// those that differ.
func Count(rows []Row) (equal, explained, different int) {
	for _, row := range rows {
		switch {
		case row.Equal:
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
func Summary(rows []Row) string {
	var b strings.Builder
	b.WriteString("values  equal  explained  different\n")
	line := func(name string, rows []Row) {
		equal, explained, different := Count(rows)
		fmt.Fprintf(&b, "%6d %6d %10d %10d  %s\n", len(rows), equal, explained, different, name)
	}
	begin := 0
	for i, row := range rows {
		if i+1 == len(rows) || rows[i+1].Experiment != row.Experiment {
			line(row.Experiment, rows[begin:i+1])
			begin = i + 1
		}
	}
	line("all", rows)
	return b.String()
}

// write prints the rows of one experiment.
func write(out io.Writer, name string, rows []Row) error {
	t := table(out)
	fmt.Fprintf(t, "%s\tPUBLISHED\tOURS\t\n", strings.ToUpper(name))
	for _, row := range rows {
		said, show := "equal", shortened
		if !row.Equal {
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
