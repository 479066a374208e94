package tokens

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"
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
