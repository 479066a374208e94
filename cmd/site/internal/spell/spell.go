// Package spell compares names, to guess which one was meant.
package spell

import (
	"iter"
	"strings"
)

// Suggest is the end of an error message: as a question the candidate that takes the
// fewest changes to get from name, at most a third of it and never the whole, or
// nothing where none does; of several it is the first in the alphabet.
func Suggest(name string, candidates iter.Seq[string]) string {
	best, cost := "", 1+min(max(2, len(name)/3), len(name)-1)
	for c := range candidates {
		if d := distance(name, c); d < cost || d == cost && best != "" && c < best {
			best, cost = c, d
		}
	}
	if best == "" {
		return ""
	}
	return "; is " + best + " meant?"
}

// distance is how many letters to add, drop or change to get from a to b, upper
// and lower case alike: \Frac is a slip for \frac.
func distance(a, b string) int {
	a, b = strings.ToLower(a), strings.ToLower(b)
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
