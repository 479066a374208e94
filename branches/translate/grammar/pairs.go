package grammar

import (
	"hash/crc32"
	"math/rand/v2"
	"slices"
	"strings"
)

// The kinds of pairs that the grammar makes.
const (
	Number   = "number"
	Time     = "time"
	Price    = "price"
	Sentence = "sentence"
)

// The directions of the grammar's pairs.
const (
	ToEnglish = "en"
	ToChinese = "zh"
)

// A Pair is a text and its translation. Direction is the language of Target.
type Pair struct{ Source, Target, Kind, Direction string }

// A Generator draws pairs. Its zero value draws them for training, of all kinds and in
// both directions.
type Generator struct {
	HeldOut    bool     // the others, which are never drawn for training
	Kinds      []string // drawn from with equal chances; nil means [Mix]
	Directions []string // drawn from with equal chances; nil means both
	Shortest   int      // the fewest digits of a [Number], at least 1; 0 means 1
	Longest    int      // the most digits, at most 15; 0 means 12
}

// Mix is what a generator draws if it is not told otherwise: numbers and times, which are
// harder, more often.
var Mix = []string{Number, Number, Number, Time, Time, Time, Price, Price, Sentence, Sentence}

// Pairs draws n pairs.
func (g Generator) Pairs(n int, rng *rand.Rand) []Pair {
	if g.Kinds == nil {
		g.Kinds = Mix
	}
	if g.Directions == nil {
		g.Directions = []string{ToChinese, ToEnglish}
	}
	if g.Longest == 0 {
		g.Longest = 12
	}
	if g.HeldOut && g.Longest < 3 && slices.Contains(g.Kinds, Number) {
		panic("grammar: numbers of one and two digits are never held out")
	}
	pairs := make([]Pair, 0, n)
	for len(pairs) < n {
		kind := g.Kinds[rng.IntN(len(g.Kinds))]
		english, chinese := g.draw(kind, rng)
		if HeldOut(english) != g.HeldOut {
			continue
		}
		p := Pair{english, chinese, kind, ToChinese}
		if g.Directions[rng.IntN(len(g.Directions))] == ToEnglish {
			p = Pair{chinese, english, kind, ToEnglish}
		}
		pairs = append(pairs, p)
	}
	return pairs
}

func (g Generator) draw(kind string, rng *rand.Rand) (english, chinese string) {
	if kind == Number {
		return both(drawNumber(rng, max(g.Shortest, 1), g.Longest))
	}
	if rules[kind] == nil {
		panic("grammar: no such kind of pairs")
	}
	columns := expand(kind, rng)
	if kind == Sentence {
		columns[0] = strings.ToUpper(columns[0][:1]) + columns[0][1:]
	}
	return columns[0], columns[1]
}

// HeldOut reports whether a meaning, told by its English or by the first text of a pair, is
// kept out of training in both directions: about one in ten. Texts of one or two words, or
// Chinese characters, are always trained, since without them some words would hardly be.
func HeldOut(text string) bool {
	words := len(strings.Fields(text))
	for _, r := range text {
		if single(r) {
			words++
		}
	}
	return words > 2 && crc32.ChecksumIEEE([]byte(text))%10 == 0
}

// drawNumber draws how many digits, all lengths with equal chances, and then the digits. In
// half of all numbers many of them are zero.
func drawNumber(rng *rand.Rand, shortest, longest int) int64 {
	zeros := rng.IntN(2) * rng.IntN(10) // of ten digits
	length := shortest + rng.IntN(longest-shortest+1)
	n := 1 + rng.Int64N(9)
	if length == 1 {
		n = rng.Int64N(10)
	}
	for range length - 1 {
		n *= 10
		if digit := rng.Int64N(10); rng.IntN(10) >= zeros {
			n += digit
		}
	}
	return n
}
