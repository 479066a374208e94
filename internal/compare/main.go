// Compare measures this project beside what its readers would use instead, in
// the same minutes, and prints a table in Markdown:
//
//	go run ./internal/compare            # all of it; half an hour on two cores
//	go run ./internal/compare -run gemm  # the rows whose names match
//	go run ./internal/compare -run gemm -products ^256x768  # and of the products these
//
// A measurement of ours and one of the peer's take turns, since a machine is not
// equally fast at all times, and the medians are compared. A peer that is not
// installed is named as absent, with the way to get it. The peers are PyTorch,
// OpenBLAS and other tokenizers, which are in the module tokenizers.
package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"

	"github.com/llm-from-scratch/llm/internal/compare/roofline"
)

func main() {
	run := flag.String("run", "", "measure only the rows whose names match this `pattern`")
	rounds := flag.Int("rounds", 3, "how `often` each of the two is measured")
	products := flag.String("products", "", "of the products, measure only those whose names match this `pattern`")
	flag.Parse()
	wanted, err := regexp.Compile(*run)
	shapes, err2 := regexp.Compile(*products)
	if err != nil || err2 != nil || *rounds < 1 || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := compare(wanted, shapes, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

// compare measures the rows and prints each when it is known.
func compare(wanted, shapes *regexp.Regexp, rounds int) error {
	if _, err := os.Stat("internal/compare"); err != nil {
		return fmt.Errorf("run this in the book's top directory: %w", err)
	}
	dir, err := os.MkdirTemp("", "compare")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	m := &meter{dir: dir, rounds: rounds, shapes: shapes, out: os.Stdout, gemm: map[int]summary{}}
	fmt.Printf("%s\n\n%s", roofline.Machine(), header)
	for _, r := range rows {
		if wanted.MatchString(r.name) {
			m.print(r, r.measure(m))
		}
	}
	m.details()
	return nil
}
