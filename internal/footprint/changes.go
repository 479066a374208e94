package footprint

import (
	"strings"

	"github.com/llm-from-scratch/llm/branches/llama"
)

// OfChanges is what it takes to train changes of rank r beside every matrix of the
// blocks of a model of today, on B sequences of T tokens without dropout, over frozen
// weights of four bytes or, inBytes, of one.
func OfChanges(c llama.Config, r, B, T int, inBytes bool) Memory {
	var m Memory
	for _, p := range c.Params() {
		m.Weights += 4 * p.Size()
		if len(p.Shape) != 2 {
			continue
		}
		if out, in := p.Shape[0], p.Shape[1]; inBytes {
			m.Weights -= 3*out*in - 4*out // a scale for each row
		}
		if strings.HasSuffix(p.Name, "_proj.weight") {
			m.Gradients += 4 * r * (p.Shape[0] + p.Shape[1])
		}
	}
	m.Weights += m.Gradients // the changes themselves
	m.Averages = 2 * m.Gradients
	N, L, C, HD, GD := float64(B)*float64(T), float64(c.Layers), float64(c.Width), float64(c.Heads*c.HeadDim), float64(c.KVHeads*c.HeadDim)
	block := N * (2 + 3*C + 2*HD + 2*GD + float64(c.Heads) + 3*float64(c.Hidden))
	if c.QKNorm {
		block += N * (HD + GD + float64(c.Heads) + float64(c.KVHeads))
	}
	m.Activations = bytes((L+1)*block + N*(L+5)*C + N + float64(T)*float64(c.HeadDim))
	m.Logits = bytes(N * float64(c.Vocab))
	return m
}
