package search

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/internal/f32"
)

// Beam says how to search for the likeliest text as a whole: of all that was begun, the
// Width likeliest are gone on with.
type Beam struct {
	Texts
	Width int     // K; with 1 the search is greedy
	Alpha float64 // how much longer texts are favoured, 0 for not at all; see [Beam.Penalty]
	Early bool    // stop at Width finished texts, though one that is open might become better
}

// Hypothesis is a text that the search has found.
type Hypothesis struct {
	IDs     []int   // End and all, which counts as one; not Begin
	LogProb float64 // of all of them, by the model
	Score   float64 // LogProb / penalty of its own length
	row     int     // of the cache, while it is open
}

// Penalty is what the log-probability of a text of n ids is divided by (Wu et al. 2016).
// Each id makes a text less likely, so that without it short ones win.
func (b Beam) Penalty(n int) float64 { return math.Pow(float64(5+n)/6, b.Alpha) }

// Search returns, for each of B sources, the texts that were found, the best first. The
// cache has room for Width texts of each.
func (b Beam) Search(cache Cache, B int) [][]Hypothesis {
	found, all := make([][]Hypothesis, B), make([]search, B)
	for i := range all {
		all[i] = search{Beam: b, source: i, open: []Hypothesis{{row: i * b.Width}}}
	}
	ids := slices.Repeat([]int{b.Begin}, B*b.Width)
	for n := 1; ; n++ {
		logits, live := cache.Extend(ids), all[:0]
		for _, s := range all {
			if s.round(logits); n < b.Most && !s.over() {
				live = append(live, s)
				continue
			}
			found[s.source] = s.best()
		}
		if all = live; len(all) == 0 {
			return found
		}
		var rows []int
		rows, ids = follow(all, b.Width, ids)
		cache.Keep(rows)
	}
}

// search is how far it has come with one source.
type search struct {
	Beam
	source     int
	open, done []Hypothesis // the likeliest first; the best first
}

// round extends every open text by every id, and looks at the 2·Width likeliest of all
// these. Those that end are done, if they are among the first Width; of the others the
// first Width are open now.
func (s *search) round(logits blas32.General) {
	type candidate struct {
		Hypothesis     // without the id
		id         int // that may follow
	}
	var top []candidate
	for _, h := range s.open {
		row := f32.Row(logits, h.row)
		largest := f32.Max(row)
		logSum := float64(largest) + math.Log(float64(f32.SumExp(row, largest)))
		for id, logit := range row {
			p := h.LogProb + float64(logit) - logSum
			if len(top) == 2*s.Width && p <= top[len(top)-1].LogProb {
				continue
			}
			at := sort.Search(len(top), func(i int) bool { return top[i].LogProb < p })
			top = slices.Insert(top, at, candidate{Hypothesis{IDs: h.IDs, LogProb: p, row: h.row}, id})
			top = top[:min(len(top), 2*s.Width)]
		}
	}
	s.open = s.open[:0]
	for rank, c := range top {
		ends, h := c.id == s.End, c.Hypothesis
		h.IDs = append(slices.Clip(h.IDs), c.id)
		h.Score = h.LogProb / s.Penalty(len(h.IDs))
		switch {
		case ends && rank < s.Width:
			s.done = append(s.done, h)
		case !ends && len(s.open) < s.Width:
			s.open = append(s.open, h)
		}
	}
	slices.SortStableFunc(s.done, func(a, b Hypothesis) int { return cmp.Compare(b.Score, a.Score) })
}

// over reports whether no open text can come among the Width best that are done. A
// log-probability only falls, and nothing is divided by more than the penalty of the
// longest text: that is the best that an open one can hope for.
func (s *search) over() bool {
	if len(s.done) < s.Width {
		return false
	}
	return s.Early || s.open[0].LogProb/s.Penalty(s.Most) <= s.done[s.Width-1].Score
}

// best is what was found: where no text has come to its end, those that are open.
func (s *search) best() []Hypothesis {
	if len(s.done) == 0 {
		return s.open
	}
	return s.done
}

// follow returns which rows of the cache go on, in the order of the searches, and by
// which ids. Where fewer than width texts are open, the last is there more than once.
func follow(all []search, width int, ids []int) (rows, next []int) {
	next = ids[:0]
	for _, s := range all {
		for k := range width {
			if last := len(rows) - 1; k >= len(s.open) {
				rows, next = append(rows, rows[last]), append(next, next[last])
				continue
			}
			h := &s.open[k]
			rows, next = append(rows, h.row), append(next, h.IDs[len(h.IDs)-1])
			h.row = len(rows) - 1
		}
	}
	return rows, next
}
