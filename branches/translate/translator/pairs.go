package translator

import (
	"fmt"
	"iter"
	"math/rand/v2"

	"github.com/llm-from-scratch/llm/branches/translate"
	"github.com/llm-from-scratch/llm/branches/translate/grammar"
	embeddings "github.com/llm-from-scratch/llm/ch02_embeddings"
	pretrain "github.com/llm-from-scratch/llm/ch05_pretrain"
)

// Pairs are what a translator learns from, and what is held out.
type Pairs struct {
	Learn func(rng *rand.Rand) []grammar.Pair // for one epoch
	Words func(rng *rand.Rand) []grammar.Pair // for the vocabulary: each meaning once, all directions
	Held  [][]grammar.Pair                    // in each part those of one kind and direction
}

// inventedEpoch is how many pairs the grammar makes at a time: enough to find others of
// the same length for each.
const inventedEpoch = 12000

// Invented are the grammar's, of which no two epochs have the same; n of each kind and
// direction are held out. With digits there are only numbers of so many, else all kinds.
func Invented(n, digits int, rng *rand.Rand) Pairs {
	draw := func(n int) func(*rand.Rand) []grammar.Pair {
		return func(rng *rand.Rand) []grammar.Pair { return grammar.Generator{}.Pairs(n, rng) }
	}
	p := Pairs{Learn: draw(inventedEpoch), Words: draw(2 * inventedEpoch)}
	kinds := []string{grammar.Number, grammar.Time, grammar.Price, grammar.Sentence}
	if digits > 0 {
		kinds = kinds[:1]
	}
	for _, to := range []string{grammar.ToChinese, grammar.ToEnglish} {
		for _, kind := range kinds {
			g := grammar.Generator{HeldOut: true, Kinds: []string{kind}, Directions: []string{to}, Shortest: digits, Longest: digits}
			p.Held = append(p.Held, g.Pairs(n, rng))
		}
	}
	return p
}

// BothWays are pairs of a file, whose texts are in the language from, and the same pairs
// the other way round. What is held out depends on the text alone: no translation of it
// is learned.
func BothWays(all []grammar.Pair, from string) (Pairs, error) {
	p := Pairs{Held: make([][]grammar.Pair, 2)}
	var learn, once []grammar.Pair
	for _, pair := range all {
		if turned := pair.Turned(from); grammar.HeldOut(pair.Source) {
			p.Held[0], p.Held[1] = append(p.Held[0], pair), append(p.Held[1], turned)
		} else {
			learn, once = append(learn, pair, turned), append(once, pair)
		}
	}
	p.Learn = func(*rand.Rand) []grammar.Pair { return learn }
	once = append(once, grammar.Pair{Direction: from}) // no words, but a direction
	p.Words = func(*rand.Rand) []grammar.Pair { return once }
	if len(learn) == 0 || len(p.Held[0]) == 0 {
		return p, fmt.Errorf("translator: %d pairs are too few to hold some out and learn from the others", len(all))
	}
	return p, nil
}

// Epoch is the training data for t, in batches of about so many ids.
func (p Pairs) Epoch(t *Translator, ids int) pretrain.Epoch {
	return func(rng *rand.Rand) iter.Seq[embeddings.Batch] {
		return translate.Batches(t.Examples(p.Learn(rng)), ids, rng)
	}
}
