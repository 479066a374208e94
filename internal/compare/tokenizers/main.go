// Tokenizers measures how fast GPT-2's ids are found by chapter 1, by other Go
// libraries and, where node and npm are there, by JavaScript's gpt-tokenizer.
//
//	go run -C internal/compare/tokenizers . FILE
//
// All take turns on the same text, on one thread, and must agree on every id.
// It prints a line for each, with tabs between: its name, MB/s in the median of
// all rounds, and how many times as fast chapter 1 is.
//
// It is a module of its own, so that the book need not depend on what it is
// compared with.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"
)

// A contestant encodes one text.
type contestant struct {
	name   string
	encode func() (ids []int, took time.Duration, err error)
}

func main() {
	rounds := flag.Int("rounds", 7, "how often each encodes the text")
	flag.Parse()
	if flag.NArg() != 1 || *rounds < 1 {
		fmt.Fprintln(os.Stderr, "usage: tokenizers [-rounds N] FILE")
		os.Exit(2)
	}
	if err := compare(flag.Arg(0), *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "tokenizers:", err)
		os.Exit(1)
	}
}

// compare prints how fast each contestant encodes a file.
func compare(name string, rounds int) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	runtime.GOMAXPROCS(1)
	all, err := libraries(string(text))
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "gpt-tokenizer")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if js, err := javaScript(dir, name); err == nil {
		all = append(all, js)
	} else {
		fmt.Fprintln(os.Stderr, "left out: gpt-tokenizer:", err)
	}
	times, err := race(all, rounds)
	if err != nil {
		return err
	}
	for i, c := range all {
		speed := float64(len(text)) / 1e6 / times[i].Seconds()
		fmt.Printf("%s\t%.2f MB/s\t%.2f\n", c.name, speed, times[i].Seconds()/times[0].Seconds())
	}
	return nil
}

// race returns the median time of each contestant. A round before the first
// checks the ids, and lets everyone get warm.
func race(all []contestant, rounds int) ([]time.Duration, error) {
	want, _, err := all[0].encode()
	if err != nil {
		return nil, err
	}
	times := make([][]time.Duration, len(all))
	for round := range rounds + 1 {
		for i, c := range all {
			runtime.GC()
			ids, took, err := c.encode()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.name, err)
			}
			if round == 0 && !slices.Equal(ids, want) {
				return nil, fmt.Errorf("%s: %d ids are not the %d of %s", c.name, len(ids), len(want), all[0].name)
			}
			if round > 0 {
				times[i] = append(times[i], took)
			}
		}
	}
	medians := make([]time.Duration, len(all))
	for i := range times {
		slices.Sort(times[i])
		medians[i] = times[i][rounds/2]
	}
	return medians, nil
}
