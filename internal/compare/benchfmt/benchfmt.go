// Package benchfmt finds numbers in what go test -bench prints, and prints them.
package benchfmt

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
)

// Median is a benchmark's number with this unit, the middle one if it ran several
// times, as with -count 3; NaN if there is none. A line is the benchmark's name,
// perhaps with the number of processors behind a dash, how often it ran, then numbers
// and units. The name is given without Benchmark in front.
func Median(out, name, unit string) float64 {
	lines := regexp.MustCompile(`(?m)^Benchmark` + regexp.QuoteMeta(name) + `(?:-\d+)?[ \t]+\d+[ \t](?:.*[ \t])?(\S+) ` + regexp.QuoteMeta(unit) + `(?:[ \t]|$)`)
	var all []float64
	for _, line := range lines.FindAllStringSubmatch(out, -1) {
		if v, err := strconv.ParseFloat(line[1], 64); err == nil {
			all = append(all, v)
		}
	}
	if len(all) == 0 {
		return math.NaN()
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// A Record is what go test -bench printed. Err is about the first number that was
// asked for and is not in it.
type Record struct {
	Out string
	Err error
}

// Number is [Median] of the record.
func (r *Record) Number(name, unit string) float64 {
	v := Median(r.Out, name, unit)
	if math.IsNaN(v) && r.Err == nil {
		r.Err = fmt.Errorf("no %s of Benchmark%s", unit, name)
	}
	return v
}

// Digits prints three or four of them, and nothing for what is not known.
func Digits(v float64) string {
	switch {
	case math.IsNaN(v):
		return ""
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}
