package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/llm-from-scratch/llm/internal/compare/benchfmt"
)

// A side is one of the two in a comparison. It may be measured again and again.
type side struct {
	name    string
	measure func(m *meter) (float64, error)
}

// absent is why a side cannot be measured here.
type absent string

func (a absent) Error() string { return "absent: " + string(a) }

// A result is the medians of both sides, or why there are none.
type result struct {
	ours, theirs, ratio float64
	unit, peer          string
	err                 error
}

// A meter measures and prints.
type meter struct {
	dir    string // for what is built
	rounds int
	shapes *regexp.Regexp // the products that are wanted
	out    io.Writer

	gemm     map[int]summary // by cores
	appendix []string
}

// beside measures two sides in turn. Where one fails the other's number stands
// alone.
func (m *meter) beside(unit string, ours, theirs side) result {
	r := result{unit: unit, peer: theirs.name}
	var us, them, ratios []float64
	for range m.rounds {
		a, errA := ours.measure(m)
		b, errB := theirs.measure(m)
		if r.err = errors.Join(errA, errB); errA == nil {
			us = append(us, a)
		}
		if errB == nil {
			them = append(them, b)
		}
		if r.err != nil {
			break
		}
		ratios = append(ratios, a/b)
	}
	r.ours, r.theirs, r.ratio = median(us), median(them), median(ratios)
	return r
}

// median is the middle of the numbers, NaN if there are none.
func median(list []float64) float64 {
	if len(list) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(list))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

const header = "| what | ours | peer | | ratio | target | |\n|---|---:|---:|---|---:|---:|---|\n"

func (m *meter) print(r row, got result) {
	sign, met := "≥", got.ratio >= r.target
	if r.most {
		sign, met = "≤", got.ratio <= r.target
	}
	verdict := "missed"
	switch {
	case got.err != nil:
		verdict = strings.ReplaceAll(got.err.Error(), "\n", "; ")
	case met:
		verdict = "met"
	}
	fmt.Fprintf(m.out, "| %s | %s %s | %s | %s | %s | %s %s | %s |\n",
		r.name, benchfmt.Digits(got.ours), got.unit, benchfmt.Digits(got.theirs), got.peer, benchfmt.Digits(got.ratio), sign, benchfmt.Digits(r.target), verdict)
}

// note keeps something to be printed under the table.
func (m *meter) note(title, text string) {
	m.appendix = append(m.appendix, "\n"+title+":\n\n"+text)
}

func (m *meter) details() {
	for _, text := range m.appendix {
		fmt.Fprintln(m.out, text)
	}
}
