package llamafiles

import (
	"slices"

	"github.com/llm-from-scratch/llm/internal/gguf"
	"github.com/llm-from-scratch/llm/internal/safetensors"
)

// ToGGUF is what [FromGGUF] and [ReadGGUF] read: the metadata of a model, without its
// tokenizer, and its tensors, the matrices of type t as far as [gguf.Type.For] has it.
func ToGGUF[P safetensors.Named](c Config, params []P, t gguf.Type) (metadata []gguf.Pair, tensors []gguf.Source) {
	u32 := func(key string, n int) {
		metadata = append(metadata, gguf.Pair{Key: c.ModelType + "." + key, Value: uint32(n)})
	}
	f32 := func(key string, v float64) {
		metadata = append(metadata, gguf.Pair{Key: c.ModelType + "." + key, Value: float32(v)})
	}
	metadata = append(metadata, gguf.Pair{Key: "general.architecture", Value: c.ModelType})
	u32("vocab_size", c.Vocab)
	u32("context_length", c.Context)
	u32("embedding_length", c.Width)
	u32("feed_forward_length", c.Hidden)
	u32("block_count", c.Layers)
	u32("attention.head_count", c.Heads)
	u32("attention.head_count_kv", c.KVHeads)
	u32("attention.key_length", c.HeadDim)
	u32("attention.value_length", c.HeadDim)
	u32("rope.dimension_count", c.HeadDim)
	f32("rope.freq_base", c.Rope.Theta)
	f32("attention.layer_norm_rms_epsilon", c.Epsilon)
	if c.Rope.Type == "llama3" {
		tensors = append(tensors, gguf.Source{Name: scalingName, Shape: []int{c.HeadDim / 2}, Values: func() []float32 { return c.Rope.divisors(c.HeadDim) }})
	}
	for _, p := range params {
		tensors = append(tensors, c.source(safetensors.Tensor(p), t))
	}
	return metadata, tensors
}

// source is one tensor of a file. What is in memory stays as it is.
func (c Config) source(p safetensors.Tensor, t gguf.Type) gguf.Source {
	return gguf.Source{Name: inGGUF.Replace(p.Name), Shape: p.Shape, Type: t.For(p.Shape), Values: func() []float32 {
		if !c.pairs(p.Name) {
			return p.Data
		}
		rows := slices.Clone(p.Data)
		inPairs(rows, c.HeadDim, len(rows)/p.Shape[0])
		return rows
	}}
}

// inPairs is [halvesFirst] the other way round.
func inPairs(rows []float32, D, width int) {
	head := make([]float32, D*width)
	for ; len(rows) > 0; rows = rows[len(head):] {
		copy(head, rows)
		for i := range D {
			to := i%(D/2)*2 + i/(D/2)
			copy(rows[to*width:(to+1)*width], head[i*width:(i+1)*width])
		}
	}
}
