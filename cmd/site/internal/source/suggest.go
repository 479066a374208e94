package source

import (
	"slices"

	"github.com/llm-from-scratch/llm/cmd/site/internal/spell"
)

// Suggest is the end of an error message: the candidate nearest to name as a
// question, or nothing when none is near.
func Suggest(name string, candidates []string) string {
	if near := nearest(name, candidates); near != "" {
		return "; is " + near + " meant?"
	}
	return ""
}

// nearest is the candidate with the smallest edit distance, at most a third of
// the name and never the whole of it.
func nearest(name string, candidates []string) string {
	return spell.Nearest(name, slices.Values(candidates), min(max(2, len(name)/3), len(name)-1))
}
