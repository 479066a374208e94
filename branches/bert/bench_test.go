package bert

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// BenchmarkSentences embeds the first 512 blocks between empty lines of the text in
// SENTENCES, as a program beside it does with PyTorch.
func BenchmarkSentences(b *testing.B) {
	data, err := os.ReadFile(os.Getenv("SENTENCES"))
	if err != nil {
		b.Skip("SENTENCES names no text")
	}
	blocks := strings.Split(string(data), "\n\n")
	texts := blocks[:min(512, len(blocks))]
	for _, size := range []int{8, 32} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			e := minilm(b)
			e.Batch = size
			for b.Loop() {
				if _, err := e.Embed(b.Context(), texts); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(texts)*b.N)/b.Elapsed().Seconds(), "sentences/s")
		})
	}
}
