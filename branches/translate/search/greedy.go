package search

import (
	"slices"

	"gonum.org/v1/gonum/blas/blas32"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// A Cache is B sources that were read, and K texts for each of them, one below another.
type Cache interface {
	// Extend reads one more id of each text and returns the logits (B·K,V) of what
	// follows, which live until its next use.
	Extend(ids []int) blas32.General

	// Keep makes the texts whose numbers are rows the only ones, in that order: K of
	// each source that is kept, one source after another.
	Keep(rows []int)
}

// Texts says what a text begins and ends with, and how long it may become.
type Texts struct {
	Begin, End int // ids; neither stands anywhere else in it
	Most       int // ids, End and all
}

// Greedy writes, for each of B sources, the likeliest id every time, up to End, or until
// there are Most. The cache has room for one text of each. They are written side by
// side, and no text sees another one.
func (t Texts) Greedy(cache Cache, B int) [][]int {
	texts, ids := make([][]int, B), slices.Repeat([]int{t.Begin}, B)
	open := make([]int, B) // of which source each row is
	for i := range open {
		open[i] = i
	}
	for len(open) > 0 {
		logits := cache.Extend(ids)
		var kept []int // of the rows
		for row, i := range open {
			id := gpt.Argmax(f32.Row(logits, row))
			if texts[i] = append(texts[i], id); id != t.End && len(texts[i]) < t.Most {
				ids[len(kept)], open[len(kept)] = id, i
				kept = append(kept, row)
			}
		}
		if len(kept) < len(open) {
			cache.Keep(kept)
		}
		open, ids = open[:len(kept)], ids[:len(kept)]
	}
	return texts
}
