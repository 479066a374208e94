// Package spell compares names, to guess which one was meant.
package spell

import (
	"iter"
	"strings"
)

// Nearest is the candidate that takes the fewest changes, at most most of them,
// to get from name, or nothing; of several it is the first in the alphabet.
func Nearest(name string, candidates iter.Seq[string], most int) string {
	best, cost := "", most+1
	for c := range candidates {
		if d := Distance(name, c); d < cost || d == cost && best != "" && c < best {
			best, cost = c, d
		}
	}
	return best
}

// Distance is how many letters to add, drop or change to get from a to b, upper
// and lower case alike: \Frac is a slip for \frac.
func Distance(a, b string) int {
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
