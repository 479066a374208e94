package main

import (
	"fmt"
	"strings"

	"github.com/llm-from-scratch/llm/internal/compare/benchfmt"
	"github.com/llm-from-scratch/llm/internal/matmul"
)

// tabulate makes the page's tables from what the benchmarks printed.
func tabulate(out string) ([]string, error) {
	t := tables{Record: benchfmt.Record{Out: out}}
	list := []string{t.limits(), t.sums(), t.steps()}
	return list, t.Err
}

type tables struct{ benchfmt.Record }

// digits prints a number of the record.
func (t *tables) digits(name, unit string) string { return benchfmt.Digits(t.Number(name, unit)) }

func (t *tables) limits() string {
	return "limit                      one core  all cores\n" +
		fmt.Sprintf("multiply-adds, GFLOP/s     %8s   %8s\n", t.digits("Limit/peak/one", "GFLOP/s"), t.digits("Limit/peak/all", "GFLOP/s")) +
		fmt.Sprintf("from memory, GB/s          %8s   %8s\n", t.digits("Limit/memory/one", "GB/s"), t.digits("Limit/memory/all", "GB/s")) +
		fmt.Sprintf("from the second cache, GB/s%8s\n", t.digits("Limit/cache/one", "GB/s"))
}

func (t *tables) sums() string {
	b, line := "sums under way ", "GFLOP/s        "
	for _, n := range []int{1, 2, 4, 8, 12} {
		b += fmt.Sprintf("%7d", n)
		line += fmt.Sprintf("%7s", t.digits(fmt.Sprintf("Limit/sums/%d", n), "GFLOP/s"))
	}
	return b + "\n" + line + "\n"
}

func (t *tables) steps() string {
	var b strings.Builder
	b.WriteString("GFLOP/s        48x48x48  256x3072x768   a training step\n")
	line := func(name string, trained bool) {
		fmt.Fprintf(&b, "%-14s %8s  %12s", name,
			t.digits("Step/"+name+"/48x48x48", "GFLOP/s"), t.digits("Step/"+name+"/256x3072x768", "GFLOP/s"))
		if trained {
			fmt.Fprintf(&b, "%15s ms", benchfmt.Digits(t.Number("Plugged/"+name, "ns/op")/1e6))
		}
		b.WriteString("\n")
	}
	for _, s := range matmul.Steps {
		line(s.Name, true)
	}
	line("with-vectors", false)
	line("vectorised", true)
	line("threaded", true)
	return b.String()
}

// replaceTables puts each table in the place of the page's that begins with the
// same word.
func replaceTables(page []byte, tables []string) ([]byte, error) {
	const open, end = "```text\n", "```"
	text := string(page)
	for _, t := range tables {
		word, _, _ := strings.Cut(t, " ")
		before, rest, ok := strings.Cut(text, open+word+" ")
		_, after, closed := strings.Cut(rest, end)
		if !ok || !closed {
			return nil, fmt.Errorf("the page has no table that begins with %q", word)
		}
		text = before + open + t + end + after
	}
	return []byte(text), nil
}
