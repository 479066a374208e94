package tokens

import (
	"strings"
	"testing"
)

// prose is English of about a megabyte: real prose where there is some.
func prose(b *testing.B) string {
	return string(data(b, "jules-verne.txt"))
}

func BenchmarkEncode(b *testing.B) {
	text := prose(b)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		gpt2().Encode(text)
	}
}

func BenchmarkTrainBPE(b *testing.B) {
	text := prose(b)[:1<<20]
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := TrainBPE(text, 4096); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkHostile encodes a megabyte without a single word border.
func BenchmarkHostile(b *testing.B) {
	for name, unit := range map[string]string{"spaces": " ", "letters": "a", "word": "internationalisation"} {
		b.Run(name, func(b *testing.B) {
			text := strings.Repeat(unit, 1<<20/len(unit))
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				gpt2().Encode(text)
			}
		})
	}
}
