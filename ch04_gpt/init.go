package gpt

import (
	"math"
	"math/rand/v2"
	"strings"
)

// Init draws the weights as GPT-2 did (Radford et al. 2019, section 2.3):
// normal with standard deviation 0.02, biases zero, norms the identity. The
// projections that add to the residual stream, two a block, are smaller by
// 1/√(2L), so that the stream does not grow with the number of blocks.
func (m *Model) Init(rng *rand.Rand) {
	residual := 1 / math.Sqrt(float64(2*m.Config.Layers))
	for _, p := range m.Params() {
		switch {
		case strings.HasSuffix(p.Name, ".bias"):
			clear(p.Data)
		case strings.Contains(p.Name, "ln_"):
			for i := range p.Data {
				p.Data[i] = 1
			}
		default:
			std := 0.02
			if strings.HasSuffix(p.Name, "c_proj.weight") {
				std *= residual
			}
			for i := range p.Data {
				p.Data[i] = float32(std * rng.NormFloat64())
			}
		}
	}
}
