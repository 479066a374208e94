package translate_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/llm-from-scratch/llm/branches/translate"
	"github.com/llm-from-scratch/llm/internal/f32"
)

// Twelve layers on either side, as they are before the first step. How long is the
// gradient of the network in the first, the middle and the last layer of the decoder?
func ExampleConfig() {
	for _, first := range []bool{false, true} {
		c := translate.Config{Vocab: 50, Width: 32, Hidden: 128, Heads: 4, Encoder: 12, Decoder: 12, NormFirst: first, FinalNorm: first}
		m, rng := translate.New(c), rand.New(rand.NewPCG(1, 1))
		m.Init(rng)
		l := translate.NewLearner(m, 1000, 0)
		for b := range translate.Batches(reversed(60, rng), 900, nil) {
			l.Learn(b, 1, nil)
			break
		}
		length := func(layer int) float64 {
			for _, g := range l.Grads() {
				if g.Name == fmt.Sprintf("transformer.decoder.layers.%d.linear1.weight", layer) {
					return math.Sqrt(f32.SquaredNorm(g.Data))
				}
			}
			return 0
		}
		fmt.Printf("norm first %-5v  the last layer's is %.0f times the first's\n", first, length(11)/length(0))
	}
	// Output:
	// norm first false  the last layer's is 29 times the first's
	// norm first true   the last layer's is 1 times the first's
}
