package search_test

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/llm-from-scratch/llm/branches/translate/search"
	"github.com/llm-from-scratch/llm/internal/f32"
)

var words = []string{"<begin>", "<end>", "a", "the", "dog", "cat"}

// table is a model that anyone can check: what follows a word, and how likely.
type table struct{ logits blas32.General }

var next = map[int]map[int]float64{
	0: {2: .6, 3: .4},          // a text begins with "a" or "the"
	2: {4: .5, 5: .5},          // after "a" there is no telling
	3: {4: .9, 5: .1},          // "the" is followed by "dog"
	4: {1: .9, 2: .1},          //
	5: {1: .9, 2: .05, 3: .05}, //
}

// Extend implements search.Cache. The next word depends on no more than the last.
func (t *table) Extend(ids []int) blas32.General {
	t.logits = f32.New(len(ids), len(words))
	for i, id := range ids {
		for w := range words {
			f32.Row(t.logits, i)[w] = float32(math.Log(next[id][w]))
		}
	}
	return t.logits
}

// Keep implements search.Cache: there is nothing to keep.
func (t *table) Keep([]int) {}

func text(ids []int) string {
	var list []string
	for _, id := range ids {
		list = append(list, words[id])
	}
	return strings.Join(list, " ")
}

var limits = search.Texts{Begin: 0, End: 1, Most: 6}

// The likeliest first word leads to a text that is not the likeliest.
func ExampleBeam_Search() {
	fmt.Println("greedy:", text(limits.Greedy(&table{}, 1)[0]))
	for _, h := range (search.Beam{Texts: limits, Width: 2}).Search(&table{}, 1)[0][:2] {
		fmt.Printf("beam:   %-15s %.3f\n", text(h.IDs), math.Exp(h.LogProb))
	}
	// Output:
	// greedy: a dog <end>
	// beam:   the dog <end>   0.324
	// beam:   a dog <end>     0.270
}

// Two texts, of which the longer one is less likely: by how much do they differ?
func ExampleBeam_Penalty() {
	for _, alpha := range []float64{0, 0.6, 1} {
		b := search.Beam{Alpha: alpha}
		fmt.Printf("α %.1f: 4 ids %.2f, 8 ids %.2f\n", alpha, -3/b.Penalty(4), -4/b.Penalty(8))
	}
	// Output:
	// α 0.0: 4 ids -3.00, 8 ids -4.00
	// α 0.6: 4 ids -2.35, 8 ids -2.52
	// α 1.0: 4 ids -2.00, 8 ids -1.85
}
