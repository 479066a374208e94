package bleu

import (
	"fmt"
	"math"
	"strings"
)

// order is the length of the longest runs of words that are counted.
const order = 4

// Counts are what is counted over all sentences of a text, of runs of one to four words.
type Counts struct {
	Matches, Runs     [order]int // runs of the translation that the reference has too, and all
	Length, Reference int        // words of the translation and of the reference
}

// Add counts one sentence. A run is a match as often as it stands in the reference, and
// not more often: saying a right word twice is no better than saying it once.
func (c *Counts) Add(translation, reference []string) {
	c.Length += len(translation)
	c.Reference += len(reference)
	for n := 1; n <= order; n++ {
		left := map[string]int{}
		for run := range runs(reference, n) {
			left[run]++
		}
		for run := range runs(translation, n) {
			c.Runs[n-1]++
			if left[run] > 0 {
				left[run]--
				c.Matches[n-1]++
			}
		}
	}
}

// runs yields the runs of n words.
func runs(words []string, n int) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for i := n; i <= len(words); i++ {
			if !yield(strings.Join(words[i-n:i], " ")) {
				return
			}
		}
	}
}

// Precisions are the parts of the runs that are matches. Where none is, half a match is
// taken in its place, and a quarter in the next such place, as NIST's mteval-v13a does:
// one missing run of four words would make the whole score 0.
func (c Counts) Precisions() (p [order]float64) {
	none := 1.0
	for n, runs := range c.Runs {
		matches := float64(c.Matches[n])
		if matches == 0 {
			none /= 2
			matches = none
		}
		if runs > 0 && c.Matches[0] > 0 {
			p[n] = matches / float64(runs)
		}
	}
	return p
}

// Brevity is 1, or less for translations that are shorter than their references: who
// says little says little wrong.
func (c Counts) Brevity() float64 {
	switch {
	case c.Length == 0:
		return 0
	case c.Length < c.Reference:
		return math.Exp(1 - float64(c.Reference)/float64(c.Length))
	}
	return 1
}

// Score is the geometric mean of the four precisions times the brevity, from 0 to 100.
func (c Counts) Score() float64 {
	sum := 0.0
	for _, p := range c.Precisions() {
		sum += math.Log(p) // of 0 it is -Inf, and the score 0
	}
	return 100 * c.Brevity() * math.Exp(sum/order)
}

// String writes a score as sacreBLEU does.
func (c Counts) String() string {
	p := c.Precisions()
	ratio := 0.0
	if c.Reference > 0 {
		ratio = float64(c.Length) / float64(c.Reference)
	}
	return fmt.Sprintf("BLEU = %.2f %.1f/%.1f/%.1f/%.1f (BP = %.3f ratio = %.3f hyp_len = %d ref_len = %d)",
		c.Score(), 100*p[0], 100*p[1], 100*p[2], 100*p[3], c.Brevity(), ratio, c.Length, c.Reference)
}
