package source

import "strings"

// Suggest is the end of an error message: the candidate nearest to name as a
// question, or nothing when none is near.
func Suggest(name string, candidates []string) string {
	if near := nearest(name, candidates); near != "" {
		return "; is " + near + " meant?"
	}
	return ""
}

// nearest is the candidate with the smallest edit distance, at most a third of
// the name and never the whole of it; ties go to the first in the alphabet.
func nearest(name string, candidates []string) string {
	best, cost := "", max(2, len(name)/3)+1
	for _, c := range candidates {
		if d := distance(name, c); d < len(name) && (d < cost || d == cost && c < best) {
			best, cost = c, d
		}
	}
	return best
}

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
