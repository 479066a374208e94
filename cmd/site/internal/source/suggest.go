package source

import "github.com/llm-from-scratch/llm/cmd/site/internal/spell"

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
		if d := spell.Distance(name, c); d < len(name) && (d < cost || d == cost && c < best) {
			best, cost = c, d
		}
	}
	return best
}
