package footprint_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/llm-from-scratch/llm/branches/layers"
	"github.com/llm-from-scratch/llm/branches/llama"
	"github.com/llm-from-scratch/llm/branches/lora"
	"github.com/llm-from-scratch/llm/branches/quantize"
	"github.com/llm-from-scratch/llm/internal/f32"
	"github.com/llm-from-scratch/llm/internal/footprint"
)

// What is foretold of training changes is what it takes, byte for byte.
func TestChangesTakeWhatIsAllocated(t *testing.T) {
	for _, inBytes := range []bool{false, true} {
		for _, norms := range []bool{false, true} {
			c := llama.Config{
				Vocab: 31, Context: 9, Width: 12, Hidden: 20, Layers: 3, Heads: 4, KVHeads: 2, HeadDim: 6, QKNorm: norms, QKVBias: !norms,
				Rotary: layers.Rotary{Theta: 10000}, Epsilon: 1e-5, TiedHead: norms,
			}
			m := llama.New(c)
			if inBytes {
				m = quantize.Llama(m)
			}
			lora.Attach(m, lora.Settings{Rank: 2, Alpha: 2}, rand.New(rand.NewPCG(1, 1)))
			p := m.NewPass(nil, 2, 7)
			p.Forward(make([]int, 14), 7, nil)
			p.Backward(f32.New(14, c.Width))
			memory := footprint.OfChanges(c, 2, 2, 7, inBytes)
			require.Equal(t, bytes(p.Grads()), memory.Gradients)
			weights := memory.Weights
			if inBytes { // of which the test sees the floats only
				for _, s := range c.Params() {
					if len(s.Shape) == 2 {
						weights -= s.Size()
					}
				}
			}
			frequencies := 4 * c.HeadDim / 2 // of the model, and of its gradient
			require.Equal(t, weights+frequencies, bytes(m))
			require.Equal(t, bytes(p)+4*14*c.Width, memory.Activations+weights+memory.Gradients+2*frequencies)
		}
	}
}
