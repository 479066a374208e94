package tokens

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/llm-from-scratch/llm/internal/bpe"
)

// prose is four megabytes of real English.
func prose(b *testing.B) string {
	return string(data(b, "jules-verne.txt"))
}

func BenchmarkEncode(b *testing.B) { benchmarkEncode(b, prose(b)) }

func BenchmarkTrainBPE(b *testing.B) { benchmarkTrain(b, prose(b)[:1<<20]) }

func benchmarkEncode(b *testing.B, text string) {
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		gpt2().Encode(text)
	}
}

func benchmarkTrain(b *testing.B, text string) {
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := TrainBPE(text, 4096); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLearning takes the ideas of the appendix one by one, on 64 merges.
func BenchmarkLearning(b *testing.B) {
	text := prose(b)[:1<<17]
	all := slices.Collect(Split(text))
	known := map[string]bool{}
	different := slices.DeleteFunc(slices.Clone(all), func(piece string) bool {
		before := known[piece]
		known[piece] = true
		return before
	})
	for _, c := range []struct {
		name   string
		pieces []string
		learn  func(pieces []string)
	}{
		{"1 three loops", all, func(pieces []string) { learnedPlainly(pieces, 256, 64) }},
		{"2 different words", different, func(pieces []string) { learnedPlainly(pieces, 256, 64) }},
		{"3 places and a queue", all, func(pieces []string) { bpe.Learn(slices.Values(pieces), whole, 256, 64) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				c.learn(c.pieces)
			}
		})
	}
}

// BenchmarkEncoding takes the ideas of the appendix one by one, with GPT-2's
// merges.
func BenchmarkEncoding(b *testing.B) {
	gpt2 := gpt2()
	ranks := map[[2]int]Merge{}
	for _, m := range gpt2.merges {
		ranks[[2]int{m.Left, m.Right}] = m
	}
	forget := gpt2.fast.Encoder(0)
	words := map[string][]int{}
	var room []int
	for _, c := range []struct {
		name  string
		bytes int
		piece func(piece string) []int
	}{
		{"1 merges in their order", 1 << 10, func(piece string) []int { return plainIDs(gpt2, piece) }},
		{"2 lowest rank first", 1 << 20, func(piece string) []int { return lowestFirst(gpt2, ranks, piece) }},
		{"3 table of pairs", 4 << 20, func(piece string) []int {
			room = forget.Append(room[:0], piece)
			return room
		}},
		{"4 map of words", 4 << 20, func(piece string) []int {
			if words[piece] == nil {
				words[piece] = forget.Append(nil, piece)
			}
			return words[piece]
		}},
		{"6 cutting alone", 4 << 20, func(string) []int { return nil }},
	} {
		b.Run(c.name, func(b *testing.B) {
			text := prose(b)
			text = text[:min(len(text), c.bytes)]
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				var ids []int
				for piece := range Split(text) {
					ids = append(ids, c.piece(piece)...)
				}
			}
		})
	}
	b.Run("5 recent words", func(b *testing.B) { benchmarkEncode(b, prose(b)) })
}

// lowestFirst merges the pair of the lowest rank, as long as there is one.
func lowestFirst(b *BPE, ranks map[[2]int]Merge, piece string) []int {
	ids := byteIDs(piece)
	for i, c := range ids {
		ids[i] = b.bytes[c]
	}
	for {
		best, found := Merge{Token: math.MaxInt}, false
		for i := 1; i < len(ids); i++ {
			// GPT-2 numbers tokens in the order of their merges.
			if m, ok := ranks[[2]int{ids[i-1], ids[i]}]; ok && m.Token < best.Token {
				best, found = m, true
			}
		}
		if !found {
			return ids
		}
		ids = best.Apply(ids)
	}
}

// wordless returns n bytes without a single word border. In prose they are the
// letters of real prose, in characters all letters of Unicode, one after the
// other.
func wordless(b *testing.B, kind string, n int) string {
	unit := map[string]string{"spaces": " ", "letters": "a", "word": "internationalisation"}[kind]
	switch kind {
	case "prose":
		unit = regexp.MustCompile(`[^A-Za-z]+`).ReplaceAllString(prose(b), "")
	case "characters":
		var letters strings.Builder
		for r := range unicode.MaxRune {
			if unicode.IsLetter(r) {
				letters.WriteRune(r)
			}
		}
		unit = letters.String()
	}
	return strings.Repeat(unit, n/len(unit)+1)[:n]
}

var wordlessKinds = []string{"spaces", "letters", "word", "prose", "characters"}

// BenchmarkHostile encodes a megabyte without a single word border.
func BenchmarkHostile(b *testing.B) {
	for _, kind := range wordlessKinds {
		b.Run(kind, func(b *testing.B) { benchmarkEncode(b, wordless(b, kind, 1<<20)) })
	}
}

// BenchmarkHostileSizes encodes longer and longer ones: MB/s should stay.
func BenchmarkHostileSizes(b *testing.B) { forSizes(b, benchmarkEncode) }

// BenchmarkTrainSizes learns from longer and longer ones.
func BenchmarkTrainSizes(b *testing.B) { forSizes(b, benchmarkTrain) }

func forSizes(b *testing.B, run func(b *testing.B, text string)) {
	for _, kind := range wordlessKinds {
		for _, mb := range []int{1, 2, 4} {
			b.Run(fmt.Sprintf("%s-%dMB", kind, mb), func(b *testing.B) { run(b, wordless(b, kind, mb<<20)) })
		}
	}
}
