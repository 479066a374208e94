package footprint_test

import (
	"math/rand/v2"
	"strings"
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

// The numbers of docs/branch_lora.md: half a billion weights learn in less than 8 GB.
func TestChangesOfPublishedModels(t *testing.T) {
	qwen := llama.Config{
		Vocab: 151936, Context: 32768, Width: 896, Hidden: 4864, Layers: 24, Heads: 14, KVHeads: 2, HeadDim: 64, QKVBias: true,
		Rotary: layers.Rotary{Theta: 1e6}, Epsilon: 1e-6, TiedHead: true,
	}
	mb := func(bytes int) int { return (bytes + 5e5) / 1e6 }
	require.Equal(t, 494_032_768, qwen.ParamCount())
	require.Equal(t, 4827, mb(footprint.OfChanges(qwen, 16, 4, 256, false).Total()))
	require.Equal(t, 3346, mb(footprint.OfChanges(qwen, 16, 4, 256, true).Total()))
	smol := llama.Config{
		Vocab: 49152, Context: 8192, Width: 576, Hidden: 1536, Layers: 30, Heads: 9, KVHeads: 3, HeadDim: 64,
		Rotary: layers.Rotary{Theta: 1e5}, Epsilon: 1e-5, TiedHead: true,
	}
	require.Equal(t, 1084, mb(footprint.OfChanges(smol, 16, 4, 256, true).Activations))
	require.Equal(t, 1499, mb(footprint.OfChanges(smol, 16, 4, 256, true).Total()))  // 1,533 were measured, of the whole process
	require.Equal(t, 1901, mb(footprint.OfChanges(smol, 16, 4, 256, false).Total())) // 1,937

	thin, all := 0, 4*smol.Vocab*smol.Width // multiplications and additions for each token, forward and back
	for _, p := range smol.Params() {
		if out := p.Shape[0]; strings.HasSuffix(p.Name, "_proj.weight") {
			in := p.Shape[1]
			thin += 2 * 16 * (4*in + 3*out)
			all += 4 * in * out
		}
	}
	require.InDelta(t, 0.06, float64(thin)/float64(all), 0.005)
}
