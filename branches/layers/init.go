package layers

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	gpt "github.com/llm-from-scratch/llm/ch04_gpt"
)

// Init draws the parameters of a model of L blocks as chapter 4 does, whatever its
// parts: matrices from a normal distribution with standard deviation 0.02, and those
// that add to the residual stream, whose names end as residual says, smaller by 1/√(2L).
// Norms become the identity, biases zero.
func Init(params []gpt.Param, L int, rng *rand.Rand, residual ...string) {
	for _, p := range params {
		std := 0.02
		if slices.ContainsFunc(residual, func(end string) bool { return strings.HasSuffix(p.Name, end) }) {
			std *= 1 / math.Sqrt(float64(2*L))
		}
		for i := range p.Data {
			switch {
			case strings.HasSuffix(p.Name, ".bias"):
				p.Data[i] = 0
			case len(p.Shape) == 1: // of a norm
				p.Data[i] = 1
			default:
				p.Data[i] = float32(std * rng.NormFloat64())
			}
		}
	}
}
