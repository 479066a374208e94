// Package benchfmt finds numbers in what go test -bench prints, and prints them.
package benchfmt

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Metric finds a benchmark's number with this unit. A line is the benchmark's
// name, perhaps with the number of processors behind a dash, how often it ran,
// then numbers and units. The name is given without Benchmark in front.
func Metric(out, name, unit string) (float64, bool) {
	for line := range strings.Lines(out) {
		fields := strings.Fields(line)
		if len(fields) < 4 || !named(fields[0], name) {
			continue
		}
		for i := 2; i+1 < len(fields); i += 2 {
			if fields[i+1] == unit {
				v, err := strconv.ParseFloat(fields[i], 64)
				return v, err == nil
			}
		}
	}
	return 0, false
}

// Median is the number with this unit that lies between the others, of a benchmark
// that ran several times, as with -count 3; NaN if it did not run.
func Median(out, name, unit string) float64 {
	var all []float64
	for line := range strings.Lines(out) {
		if v, ok := Metric(line, name, unit); ok {
			all = append(all, v)
		}
	}
	if len(all) == 0 {
		return math.NaN()
	}
	slices.Sort(all)
	return all[len(all)/2]
}

func named(field, name string) bool {
	processors, ok := strings.CutPrefix(field, "Benchmark"+name)
	if !ok || processors == "" {
		return ok
	}
	n, ok := strings.CutPrefix(processors, "-")
	return ok && n != "" && strings.Trim(n, "0123456789") == ""
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
