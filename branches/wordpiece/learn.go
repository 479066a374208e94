package wordpiece

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A pair of pieces that stand side by side in a word.
type pair struct{ left, right string }

// joined is the piece that the two make.
func (p pair) joined() string { return p.left + strings.TrimPrefix(p.right, goesOn) }

// spelled is a word of the text, in pieces, and how often it occurs.
type spelled struct {
	pieces []string
	count  int
}

// Learn makes a vocabulary of at most so many pieces from a text: the special ones, the
// characters, and then, one after another, the pair of pieces that occurs most often,
// joined, as chapter 1 does it with bytes.
func Learn(text string, n Normalizer, most int) (*Tokenizer, error) {
	words := spell(Words(n.Normalize(text)))
	pieces, counts := []string{Pad, Unknown, Class, Separator, Mask}, map[pair]int{}
	characters := map[string]bool{}
	for _, w := range words {
		for _, piece := range w.pieces {
			characters[piece] = true
		}
		w.tell(counts, w.count)
	}
	pieces = append(pieces, slices.Sorted(maps.Keys(characters))...)
	if len(pieces) > most {
		return nil, fmt.Errorf("wordpiece: the text has %d different characters, at the beginning of words and inside; "+
			"a vocabulary of %d is too small for them", len(characters), most)
	}
	for made := characters; len(pieces) < most; {
		best := frequent(counts)
		if counts[best] < 2 {
			break
		}
		if piece := best.joined(); !made[piece] { // two pairs may make the same
			made[piece] = true
			pieces = append(pieces, piece)
		}
		for i := range words {
			words[i].join(best, counts)
		}
	}
	return New(pieces, n), nil
}

// spell counts words, and spells each out: t ##h ##e. Words of more than 100 characters
// teach nothing.
func spell(words []string) []spelled {
	counts := map[string]int{}
	for _, w := range words {
		counts[w]++
	}
	var list []spelled
	for _, w := range slices.Sorted(maps.Keys(counts)) {
		pieces := strings.Split(w, "")
		for i := range pieces[1:] {
			pieces[i+1] = goesOn + pieces[i+1]
		}
		if len(pieces) <= longest {
			list = append(list, spelled{pieces, counts[w]})
		}
	}
	return list
}

// tell adds by to the counts of the word's pairs.
func (w spelled) tell(counts map[pair]int, by int) {
	for i, right := range w.pieces[1:] {
		counts[pair{w.pieces[i], right}] += by
	}
}

// join makes one piece of a pair wherever the word has it, and keeps the counts right.
func (w *spelled) join(p pair, counts map[pair]int) {
	for i := 0; i+1 < len(w.pieces); i++ {
		if w.pieces[i] != p.left || w.pieces[i+1] != p.right {
			continue
		}
		w.tell(counts, -w.count)
		w.pieces = slices.Replace(w.pieces, i, i+2, p.joined())
		w.tell(counts, w.count)
	}
}

// frequent is the pair that occurs most often, of several the first in the alphabet.
func frequent(counts map[pair]int) (best pair) {
	for p, n := range counts {
		if n > counts[best] || n == counts[best] && before(p, best) {
			best = p
		}
	}
	return best
}

func before(a, b pair) bool {
	return a.left < b.left || a.left == b.left && a.right < b.right
}
